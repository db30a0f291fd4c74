import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { StoredLabel, StoredLabelledHour, StoredPrediction, StoredRecent } from '../../core/contracts/stored.ts';
import { labelKey, predictionKey } from '../../core/contracts/table-keys.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import { type Label, labelName } from '../../core/domain/labels/label.ts';
import type { ChangedHour, LabelReader, LabelStore } from '../../core/ports/label-store.ts';
import { type AttributeValue, fromAttributes } from './attribute-values.ts';
import { chunks } from './chunks.ts';
import { ifLive } from './if-live.ts';
import { inParallel } from './in-parallel.ts';
import {
  batchGetRequest,
  keepLabelRequest,
  labelledHoursRequest,
  markHourRequest,
  recentRequest,
} from './label-requests.ts';
import { digestSearch } from './prediction-digests.ts';

const BATCH_GET_KEYS = 100;
/** Of 1 MB each, which are some 170,000 predictions. Of a service that makes more in ten minutes, only these are found early. */
const RECENT_PAGES = 4;
/** As many connections as the SDK opens: more would only wait there. */
const REQUESTS_AT_ONCE = 50;

type Item = Record<string, unknown>;

/** Labels in the registry's table; see core/contracts/table-keys.ts. */
export function dynamoLabelStore({
  client,
  tableName,
}: {
  client: DynamoDBDocumentClient;
  tableName: string;
}): LabelStore & LabelReader {
  const getAll = async (keys: readonly { pk: string; sk: string }[]): Promise<Item[]> => {
    const pieces = await inParallel(chunks(keys, BATCH_GET_KEYS), REQUESTS_AT_ONCE, async (piece) => {
      const items: Item[] = [];
      let input: BatchGetCommandInput | undefined = batchGetRequest(tableName, piece);
      while (input !== undefined) {
        const request: BatchGetCommandInput = input;
        const answer = await reach('BatchGetItem', () => client.send(new BatchGetCommand(request)));
        items.push(...(answer.Responses?.[tableName] ?? []));
        const left = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
        input = left.length > 0 ? batchGetRequest(tableName, left) : undefined;
      }
      return items;
    });
    return pieces.flat();
  };

  /** Those of the ids whose captures are on their way. */
  const findRecent = async (service: string, ids: readonly string[], now: number): Promise<Map<string, number>> => {
    const searchIn = digestSearch(ids);
    const found = new Map<string, number>();
    let from: Item | undefined;
    for (let page = 0; page < RECENT_PAGES && found.size < ids.length; page += 1) {
      const input = { ...recentRequest(tableName, service, now), ...(from && { ExclusiveStartKey: from }) };
      const { Items = [], LastEvaluatedKey } = await reach('Query', () => client.send(new QueryCommand(input)));
      for (const item of Items) {
        const { atMs, digests } = StoredRecent.parse(item);
        for (const id of searchIn(digests)) found.set(id, atMs);
      }
      if (LastEvaluatedKey === undefined) break;
      from = LastEvaluatedKey;
    }
    return found;
  };

  const keepOne = async (service: string, label: Label, now: number): Promise<Label | undefined> => {
    const request = new PutCommand(keepLabelRequest(tableName, service, { label, now }));
    const { Attributes } = await reach('PutItem', () => client.send(request)).catch(whatStoodThere);
    return Attributes && StoredLabel.parse(Attributes);
  };

  return {
    async findPredictions(service, ids, { now }) {
      const items = await getAll(ids.map((id) => predictionKey(service, id)));
      const live = items.filter((item) => ifLive(item, now) !== undefined);
      const known = new Map(live.map((item) => StoredPrediction.parse(item)).map(({ id, atMs }) => [id, atMs]));
      const unknown = ids.filter((id) => !known.has(id));
      return unknown.length === 0 ? known : new Map([...(await findRecent(service, unknown, now)), ...known]);
    },
    keep: (service, labels, { now }) => inParallel(labels, REQUESTS_AT_ONCE, (label) => keepOne(service, label, now)),
    async markHours(service, hours, { now }) {
      await inParallel([...hours], REQUESTS_AT_ONCE, ([hour, counts]) => {
        const request = new UpdateCommand(markHourRequest(tableName, service, { hour, counts, now }));
        return reach('UpdateItem', () => client.send(request));
      });
    },
    async find(service, rows) {
      // DynamoDB refuses a key that is asked for twice.
      const keys = new Map(rows.map((row) => [labelName(row), labelKey(service, row.id, row.row)]));
      return (await getAll([...keys.values()])).map((item) => StoredLabel.parse(item));
    },
    async labelledHours(service, hours) {
      const found: ChangedHour[] = [];
      let from: Item | undefined;
      do {
        const input = { ...labelledHoursRequest(tableName, service, hours), ...(from && { ExclusiveStartKey: from }) };
        const page = await reach('Query', () => client.send(new QueryCommand(input)));
        found.push(...(page.Items ?? []).map((item) => StoredLabelledHour.parse(item)));
        from = page.LastEvaluatedKey;
      } while (from);
      return found.filter(({ hour }) => hour < hours.to);
    },
  };
}

/** The condition did not hold: the answer is what is kept there. */
function whatStoodThere(error: unknown): { Attributes?: Item } {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof ConditionalCheckFailedException && cause.Item) {
    return { Attributes: fromAttributes(cause.Item as Record<string, AttributeValue>) };
  }
  throw error;
}

async function reach<T>(operation: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (cause) {
    throw new PlatformError('registry.unavailable', {
      message: 'labels cannot be kept or read at the moment; try again, what was kept already counts once',
      details: { operation },
      cause,
    });
  }
}
