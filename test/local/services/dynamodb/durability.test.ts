import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { clientOf, serveDynamoDb, temporaryFolder } from './local-dynamodb.ts';

const CHILD = fileURLToPath(new URL('serve-in-child.ts', import.meta.url));
const ROUNDS = 4;
const WRITERS = 4;
const WRITES_BEFORE_KILL = 60;

interface Written {
  readonly puts: string[];
  readonly transactions: string[];
}

describe('durability of the local DynamoDB', () => {
  it('has every write that was answered after being killed, and transactions whole or not at all', async () => {
    const directory = temporaryFolder();
    const answered: Written = { puts: [], transactions: [] };
    const attempted: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await writeUntilKilled(directory, { round, answered, attempted });
    }

    const served = await serveDynamoDb(directory);
    const documents = DynamoDBDocumentClient.from(served.client);
    const get = async (pk: string) => {
      const { Item } = await documents.send(new GetCommand({ TableName: 'things', Key: { pk } }));
      return Item;
    };
    for (const pk of answered.puts) expect(await get(pk)).toMatchObject({ pk });
    for (const pk of attempted) {
      const halves = [await get(`${pk}-left`), await get(`${pk}-right`)].filter((half) => half !== undefined);
      expect(answered.transactions.includes(pk) ? [2] : [0, 2]).toContain(halves.length);
    }
    // The index must agree with the table: a kill must not have come between them.
    for (let round = 0; round < ROUNDS; round++) {
      const indexed = await inRound(documents, round);
      const expected = answered.puts.filter((pk) => pk.startsWith(`${round}-`));
      expect(indexed).toEqual(expect.arrayContaining(expected));
      for (const pk of indexed) expect(await get(pk)).toBeDefined();
    }
    expect(answered.puts.length).toBeGreaterThanOrEqual(ROUNDS * WRITES_BEFORE_KILL * 0.25);
    await served.close();
    rmSync(directory, { recursive: true });
  }, 60_000);
});

interface Round {
  readonly round: number;
  readonly answered: Written;
  readonly attempted: string[];
}

/** Several writers at once; the child dies in the middle of what they are doing. */
async function writeUntilKilled(directory: string, { round, answered, attempted }: Round): Promise<void> {
  const child = spawn(process.execPath, [CHILD, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const client = clientOf(await firstLine(child));
  const documents = DynamoDBDocumentClient.from(client);
  let writes = 0;
  const write = async (writer: number) => {
    for (let index = 0; ; index++) {
      const pk = `${round}-${writer}-${index}`;
      await documents.send(new PutCommand({ TableName: 'things', Item: { pk, round } }));
      answered.puts.push(pk);
      attempted.push(pk);
      const half = (side: string) => ({ Put: { TableName: 'things', Item: { pk: `${pk}-${side}` } } });
      await documents.send(new TransactWriteCommand({ TransactItems: [half('left'), half('right')] }));
      answered.transactions.push(pk);
      writes += 2;
      if (writes >= WRITES_BEFORE_KILL && !child.killed) child.kill('SIGKILL');
    }
  };
  await Promise.allSettled(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  await ended(child);
  client.destroy();
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await once(lines, 'line')) as [string];
  lines.close();
  return line;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function inRound(documents: DynamoDBDocumentClient, round: number): Promise<readonly string[]> {
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: 'things',
      IndexName: 'by-round',
      KeyConditionExpression: '#r = :r',
      ExpressionAttributeNames: { '#r': 'round' },
      ExpressionAttributeValues: { ':r': round },
    }),
  );
  return Items.map(({ pk }) => String(pk));
}
