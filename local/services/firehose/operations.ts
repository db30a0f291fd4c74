import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { DeliveryStream } from './delivery-stream.ts';
import { invalidArgument, serializationError, streamNotFound, unknownOperation, validationError } from './errors.ts';
import type { OperationRequest } from './exchange.ts';
import type { RecordBuffer } from './record-buffer.ts';

export interface OperationContext {
  readonly account: string;
  readonly buffer: RecordBuffer;
  readonly now: () => number;
  stream(name: string): DeliveryStream | undefined;
  /** Told that records came, which may make an object due. */
  arrived(stream: DeliveryStream): void;
}

const RECORDS_LIMIT = 500;
const RECORD_LIMIT_BYTES = 1_024_000;
const REQUEST_LIMIT_BYTES = 4 * 1024 * 1024;

const Base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const Named = { DeliveryStreamName: z.string().regex(/^[a-zA-Z0-9_.-]{1,64}$/) };
const Describe = z.strictObject({
  ...Named,
  Limit: z.number().optional(),
  ExclusiveStartDestinationId: z.string().optional(),
});
const Put = z.strictObject({ ...Named, Record: z.strictObject({ Data: Base64 }) });
const PutBatch = z.strictObject({ ...Named, Records: z.array(z.strictObject({ Data: Base64 })) });

export function runOperation({ operation, body }: OperationRequest, context: OperationContext): object {
  switch (operation) {
    case 'DescribeDeliveryStream': {
      const { DeliveryStreamName } = read(Describe, body);
      return describe(requireStream(DeliveryStreamName, context));
    }
    case 'PutRecord': {
      const { DeliveryStreamName, Record: record } = read(Put, body);
      checkRecord(record.Data, 'record.data');
      const [RecordId] = put(DeliveryStreamName, [record.Data], context);
      return { RecordId, Encrypted: false };
    }
    case 'PutRecordBatch': {
      const { DeliveryStreamName, Records } = read(PutBatch, body);
      const records = Records.map(({ Data }) => Data);
      checkBatch(records);
      const ids = put(DeliveryStreamName, records, context);
      return { FailedPutCount: 0, Encrypted: false, RequestResponses: ids.map((RecordId) => ({ RecordId })) };
    }
    default:
      throw unknownOperation(operation);
  }
}

function read<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw serializationError(`${issue?.path.join('.')}: ${issue?.message}`);
}

function checkBatch(records: readonly Buffer[]): void {
  if (records.length === 0 || records.length > RECORDS_LIMIT) {
    const rule = records.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${RECORDS_LIMIT}`;
    throw validationError(`'${records.length} records'`, 'records', `Member must have length ${rule}`);
  }
  for (const [index, data] of records.entries()) checkRecord(data, `records.${index + 1}.member.data`);
  const bytes = records.reduce((sum, { length }) => sum + length, 0);
  if (bytes > REQUEST_LIMIT_BYTES) throw invalidArgument('Records size exceeds 4 MB limit');
}

function checkRecord(data: Buffer, member: string): void {
  if (data.length <= RECORD_LIMIT_BYTES) return;
  const value = `'java.nio.HeapByteBuffer[pos=0 lim=${data.length} cap=${data.length}]'`;
  throw validationError(value, member, `Member must have length less than or equal to ${RECORD_LIMIT_BYTES}`);
}

function requireStream(name: string, { stream, account }: OperationContext): DeliveryStream {
  const found = stream(name);
  if (found === undefined) throw streamNotFound(name, account);
  return found;
}

function put(name: string, records: readonly Buffer[], context: OperationContext): string[] {
  const stream = requireStream(name, context);
  context.buffer.add(stream.name, records, context.now());
  context.arrived(stream);
  return records.map(() => randomBytes(112).toString('base64'));
}

function describe(stream: DeliveryStream): object {
  const destination = {
    BucketARN: `arn:aws:s3:::${stream.bucket}`,
    RoleARN: stream.roleArn,
    Prefix: stream.prefix,
    ErrorOutputPrefix: stream.errorOutputPrefix,
    FileExtension: stream.fileExtension,
    BufferingHints: {
      IntervalInSeconds: stream.bufferIntervalMs / 1000,
      SizeInMBs: stream.bufferBytes / (1024 * 1024),
    },
    CompressionFormat: 'UNCOMPRESSED',
  };
  return {
    DeliveryStreamDescription: {
      DeliveryStreamName: stream.name,
      DeliveryStreamARN: stream.arn,
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamType: 'DirectPut',
      VersionId: '1',
      HasMoreDestinations: false,
      Destinations: [{ DestinationId: 'destinationId-000000000001', ExtendedS3DestinationDescription: destination }],
    },
  };
}
