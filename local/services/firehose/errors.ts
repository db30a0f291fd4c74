/** An answer that AWS would give as an error: its type decides which class the SDK throws. */
export class FirehoseError extends Error {
  override readonly name = 'FirehoseError';
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export const serializationError = (message: string) => new FirehoseError('SerializationException', message);

export const invalidArgument = (message: string) => new FirehoseError('InvalidArgumentException', message);

export const validationError = (value: string, member: string, rule: string) =>
  new FirehoseError(
    'ValidationException',
    `1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: ${rule}`,
  );

export const unknownOperation = (operation: string) =>
  new FirehoseError(
    'UnknownOperationException',
    `the local Firehose does not implement the operation '${operation}'; it has DescribeDeliveryStream, PutRecord and PutRecordBatch`,
  );

export const streamNotFound = (name: string, account: string) =>
  new FirehoseError('ResourceNotFoundException', `Firehose ${name} under account ${account} not found.`);
