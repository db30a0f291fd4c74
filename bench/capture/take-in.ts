import { setTimeout as sleep } from 'node:timers/promises';
import { dynamoPredictionIndex } from '../../adapters/aws/dynamo-prediction-index.ts';
import { serviceClient } from '../../adapters/aws/service-client.ts';
import { takeInCaptures } from '../../core/usecases/take-in-captures.ts';
import { requestEvent } from '../request-event.ts';
import { median, round } from '../statistics.ts';

const RECORDS = 20_000;
const ROUNDS = 5;
const PIECE = 1_000;

/** A line as a request of one row and its answer make it. */
function aLine(id: number): string {
  const side = (mode: string, data: string) => ({
    observedContentType: 'application/json',
    mode,
    data,
    encoding: 'JSON',
  });
  return JSON.stringify({
    captureData: {
      endpointInput: side('INPUT', String(requestEvent('linear')['body'])),
      endpointOutput: side('OUTPUT', '{"model_name":"linear","outputs":[]}'),
    },
    eventMetadata: { eventId: `event-${id}`, inferenceId: `order-${id}`, inferenceTime: '2026-06-01T12:00:00.000Z' },
    eventVersion: '0',
    keelson: { service: 'linear', version: 1, variant: 'champion', route: 'POST /v2/models/linear/infer' },
  });
}

/** Indexing of a capture object whose lines are in memory, the table beside. @returns medians by record */
export async function measureTakeIn(
  variables: Readonly<Record<string, string>>,
): Promise<{ wallMicros: number; cpuMicros: number; bytes: number }> {
  const lines = Array.from({ length: RECORDS }, (_, id) => aLine(id));
  const client = serviceClient({
    service: 'dynamodb',
    variables,
    now: Date.now,
    sleep: (ms) => sleep(ms),
    timeoutMs: 5_000,
    attempts: 3,
  });
  const take = takeInCaptures({
    objects: {
      async *lines() {
        // A file comes in pieces.
        for (const [at, line] of lines.entries()) {
          if (at % PIECE === 0) await sleep(0);
          yield line;
        }
      },
    },
    index: dynamoPredictionIndex({ client, tableName: 'registry', sleep: (ms) => sleep(ms) }),
    // `npm run bench -- drift` has what counting takes.
    count: () => ({ add: async () => {}, keep: async () => ({ rows: {}, uncounted: [], late: 0 }) }),
  });
  const times: { wall: number; cpu: number }[] = [];
  for (let turn = 0; turn <= ROUNDS; turn += 1) {
    const before = process.cpuUsage();
    const startedMs = performance.now();
    const { indexed } = await take('captures/linear/2026/06/01/12/bench.jsonl');
    if (indexed !== RECORDS) throw new Error(`${indexed} of ${RECORDS} records were indexed`);
    const { user, system } = process.cpuUsage(before);
    if (turn > 0) times.push({ wall: (performance.now() - startedMs) * 1_000, cpu: user + system });
  }
  return {
    wallMicros: round(median(times.map(({ wall }) => wall)) / RECORDS, 1),
    cpuMicros: round(median(times.map(({ cpu }) => cpu)) / RECORDS, 1),
    bytes: Math.round(lines.reduce((sum, line) => sum + line.length + 1, 0) / RECORDS),
  };
}
