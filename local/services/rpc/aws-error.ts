/** An answer that AWS would give as an error: its type decides which class the SDK throws. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly type: string;
  readonly statusCode: number;
  /** The code of the query protocol where it differs from the type: SDKs of that time know the error by it. */
  readonly queryCode: string;
  /** Members beside the message, as `ResourceId`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    type: string,
    message: string,
    {
      statusCode = 400,
      queryCode = type,
      members = {},
    }: { statusCode?: number; queryCode?: string; members?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.type = type;
    this.statusCode = statusCode;
    this.queryCode = queryCode;
    this.members = members;
  }
}

export const serializationError = (message: string) => new AwsError('SerializationException', message);
