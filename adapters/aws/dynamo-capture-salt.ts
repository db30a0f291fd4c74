import { createHmac, randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  type GetCommandInput,
  PutCommand,
  type PutCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { StoredCaptureSalt } from '../../core/contracts/stored.ts';
import { captureSaltKey, TABLE_KEYS } from '../../core/contracts/table-keys.ts';
import type { Pseudonym } from '../../core/domain/capture/redact-payload.ts';

const SALT_BYTES = 32;

export const readSaltRequest = (tableName: string, service: string): GetCommandInput => ({
  TableName: tableName,
  Key: captureSaltKey(service),
  ConsistentRead: true,
});

/** Written once: a second salt would part a subject's records in two. */
export const writeSaltRequest = (tableName: string, service: string, salt: string): PutCommandInput => ({
  TableName: tableName,
  Item: { ...captureSaltKey(service), salt },
  ConditionExpression: `attribute_not_exists(${TABLE_KEYS.partition})`,
});

/** The keyed hash of a service's captures: HMAC-SHA256, its key made by whoever needs it first and then the same for ever. */
export async function dynamoCapturePseudonym({
  client,
  tableName,
  service,
}: {
  client: DynamoDBDocumentClient;
  tableName: string;
  service: string;
}): Promise<Pseudonym> {
  const read = async () => (await client.send(new GetCommand(readSaltRequest(tableName, service)))).Item;
  const salt = StoredCaptureSalt.parse((await read()) ?? (await create())).salt;
  const key = Buffer.from(salt, 'base64');
  return (text) => createHmac('sha256', key).update(text).digest('hex');

  async function create() {
    const fresh = randomBytes(SALT_BYTES).toString('base64');
    try {
      await client.send(new PutCommand(writeSaltRequest(tableName, service, fresh)));
      return { salt: fresh };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // Another process was first: its salt counts.
      return read();
    }
  }
}
