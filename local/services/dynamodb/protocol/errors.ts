/** An answer that AWS would give as an error: its type decides which class the SDK throws. */
export class DynamoDbError extends Error {
  override readonly name = 'DynamoDbError';
  readonly type: string;
  /** Members beside the message, as `Item` or `CancellationReasons`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(type: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.type = type;
    this.members = members;
  }

  /** The shape's short name, as the SDK and cancellation reasons know it. */
  get code(): string {
    return this.type.slice(this.type.indexOf('#') + 1);
  }
}

const service = (name: string) => `com.amazonaws.dynamodb.v20120810#${name}`;

export const validationError = (message: string) =>
  new DynamoDbError('com.amazon.coral.validate#ValidationException', message);

export const serializationError = (message: string) =>
  new DynamoDbError('com.amazon.coral.service#SerializationException', message);

export const unknownOperation = (operation: string) =>
  new DynamoDbError(
    'com.amazon.coral.service#UnknownOperationException',
    `the local DynamoDB does not implement the operation '${operation}'`,
  );

export const tableNotFound = (table?: string) =>
  new DynamoDbError(
    service('ResourceNotFoundException'),
    table === undefined ? 'Requested resource not found' : `Requested resource not found: Table: ${table} not found`,
  );

export const tableInUse = (table: string) =>
  new DynamoDbError(service('ResourceInUseException'), `Table already exists: ${table}`);

export const conditionFailed = (members: Readonly<Record<string, unknown>> = {}) =>
  new DynamoDbError(service('ConditionalCheckFailedException'), 'The conditional request failed', members);

export const transactionCanceled = (reasons: readonly { readonly Code: string }[]) =>
  new DynamoDbError(
    service('TransactionCanceledException'),
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    { CancellationReasons: reasons },
  );

export const tokenReused = () =>
  new DynamoDbError(
    service('IdempotentParameterMismatchException'),
    'The provided client request token has been used with different parameters',
  );
