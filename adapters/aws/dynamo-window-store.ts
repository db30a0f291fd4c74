import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { StoredCursor } from '../../core/contracts/stored.ts';
import { cursorKey, WINDOW_PREFIX, windowKey, windowsPartition } from '../../core/contracts/table-keys.ts';
import { WindowSummary } from '../../core/contracts/windows.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { EvaluatedWindows, WindowStore } from '../../core/ports/window-store.ts';
import { secondsOf } from './health-requests.ts';

const KEPT_DAYS = 400;
const DAY_SECONDS = 24 * 60 * 60;
/** Items that a page looks at: those of other series and versions are passed over. */
const PAGE = 200;

/** Windows in the registry's table; see core/contracts/table-keys.ts. */
export function dynamoWindowStore({
  client,
  tableName: TableName,
}: {
  client: DynamoDBDocumentClient;
  tableName: string;
}): WindowStore {
  return {
    async findCursor(service, name) {
      const request = new GetCommand({ TableName, Key: cursorKey(service, name), ConsistentRead: true });
      const { Item } = await reach('GetItem', () => client.send(request));
      return Item && StoredCursor.parse(Item);
    },
    async commit(evaluated, { now }) {
      const request = new TransactWriteCommand(commitRequest(TableName, evaluated, now));
      try {
        await client.send(request);
        return true;
      } catch (error) {
        if (error instanceof TransactionCanceledException && isLostRace(error)) return false;
        throw unreachable('TransactWriteItems', error);
      }
    },
    async find(service, id) {
      const request = new GetCommand({ TableName, Key: windowKey(service, id), ConsistentRead: true });
      const { Item } = await reach('GetItem', () => client.send(request));
      return Item && WindowSummary.parse(Item);
    },
    async list(service, { limit, before, series, version }) {
      const windows: WindowSummary[] = [];
      let from = before === undefined ? undefined : { pk: windowsPartition(service), sk: `${WINDOW_PREFIX}${before}` };
      for (;;) {
        const request = new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': windowsPartition(service), ':prefix': WINDOW_PREFIX },
          ScanIndexForward: false,
          Limit: PAGE,
          ExclusiveStartKey: from,
        });
        const { Items = [], LastEvaluatedKey } = await reach('Query', () => client.send(request));
        for (const item of Items) {
          const isAsked =
            (series === undefined || item['series'] === series) &&
            (version === undefined || item['version'] === version);
          if (!isAsked) continue;
          windows.push(WindowSummary.parse(item));
          if (windows.length === limit) {
            return { windows, before: String(item['sk']).slice(WINDOW_PREFIX.length) };
          }
        }
        if (LastEvaluatedKey === undefined) return { windows };
        from = LastEvaluatedKey as { pk: string; sk: string };
      }
    },
  };
}

/** Windows and the cursor in one transaction; the cursor's revision is what racing evaluations compete for. */
export function commitRequest(
  TableName: string,
  { service, cursor, windows }: EvaluatedWindows,
  now: number,
): TransactWriteCommandInput {
  const expiresAt = secondsOf(now) + KEPT_DAYS * DAY_SECONDS;
  const isFirst = cursor.revision === 1;
  return {
    TransactItems: [
      {
        Put: {
          TableName,
          Item: { ...cursorKey(service, cursor), ...cursor },
          ConditionExpression: isFirst ? 'attribute_not_exists(pk)' : 'revision = :before',
          ...(!isFirst && { ExpressionAttributeValues: { ':before': cursor.revision - 1 } }),
        },
      },
      ...windows.map((window) => ({
        Put: { TableName, Item: { ...windowKey(service, window.id), ...window, expiresAt } },
      })),
    ],
  };
}

const isLostRace = ({ CancellationReasons = [] }: TransactionCanceledException): boolean =>
  CancellationReasons.some(({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict');

async function reach<T>(operation: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw unreachable(operation, error);
  }
}

const unreachable = (operation: string, cause: unknown) =>
  new PlatformError('registry.unavailable', {
    message: 'evaluated windows cannot be kept or read at the moment; try again',
    details: { operation },
    cause,
  });
