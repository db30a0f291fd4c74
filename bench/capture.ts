import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle } from '../scripts/bundle.ts';
import { measureTakeIn } from './capture/take-in.ts';
import { requestEvent } from './request-event.ts';
import { median, round } from './statistics.ts';

const ROUNDS = 11;
const WARM_UP = 3;
const CALLS = 2_000;
/** As many as go into one delivery: a pause after them keeps what waits in memory below its limit. */
const BURST = 500;
const BURST_PAUSE_MS = 400;
/** By then the last delivery is done. */
const SETTLE_MS = 1_500;

type Handler = (event: unknown, context: object) => Promise<{ statusCode: number; body: string }>;

/**
 * What capturing adds to the processor time of a prediction of one row: the inference bundle without and with captures, in one
 * process, in turn, deliveries included. Firehose and the table are a process of their own, whose time is told beside it. Then what
 * the function takes that indexes a capture object once it has arrived.
 *
 * @returns microseconds for a prediction, and the ratio of captured to not captured
 */
export async function benchCapture(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const { outdir } = await bundle();
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-capture-'));
  const aws = fork(join(import.meta.dirname, 'capture', 'aws-process.ts'), { execArgv: ['--no-warnings'] });
  // The counters that the bundle reports are no result of the bench.
  const print = process.stdout.write;
  try {
    const [variables] = (await once(aws, 'message')) as [Record<string, string>];
    Object.assign(process.env, variables);
    const load = (name: string): (() => Promise<void>) => {
      // Each from a folder of its own: a module is loaded, and reads its environment, once.
      cpSync(outdir, join(folder, name), { recursive: true });
      const file = join(folder, name, 'lambdas', 'infer', 'index.cjs');
      const { handler } = createRequire(import.meta.url)(file) as { handler: Handler };
      return async () => {
        const { statusCode, body } = await handler(aRequest(), { getRemainingTimeInMillis: () => 10_000 });
        if (statusCode !== 200) throw new Error(body);
      };
    };
    const plain = load('plain');
    const options = { service: 'linear', samplingRate: 1, hash: [], drop: [], waitMs: 0 };
    Object.assign(process.env, { CAPTURE_OPTIONS: JSON.stringify(options), CAPTURE_STREAM: 'captures' });
    const contenders = { plain, captured: load('captured') };
    process.stdout.write = () => true;
    const times = await takeTurns(contenders, aws);
    const takenIn = await measureTakeIn(variables);
    process.stdout.write = print;
    const { plain: without, captured } = times;
    const ratio = round(captured.cpuMicros / without.cpuMicros);
    log(
      `a prediction: ${without.cpuMicros} µs of processor time, captured ${captured.cpuMicros} µs: ${ratio} ×; Firehose and table ${captured.awsMicros} µs beside ${without.awsMicros} µs`,
    );
    log(
      `taking a record of ${takenIn.bytes} bytes in, elsewhere and later: ${takenIn.cpuMicros} µs of processor time, ${takenIn.wallMicros} µs in all`,
    );
    return { plain: without, captured, 'captured / plain': ratio, 'taking in': takenIn };
  } finally {
    process.stdout.write = print;
    aws.disconnect();
    await once(aws, 'exit');
    rmSync(folder, { recursive: true });
  }
}

/** At the time it is made: ids of captures that are on their way are kept by time. */
function aRequest(): unknown {
  const event = requestEvent('linear');
  return { ...event, requestContext: { ...(event['requestContext'] as object), timeEpoch: Date.now() } };
}

interface Taken {
  readonly cpuMicros: number;
  readonly awsMicros: number;
}

async function takeTurns<Name extends string>(
  contenders: Readonly<Record<Name, () => Promise<void>>>,
  aws: ChildProcess,
): Promise<Record<Name, Taken>> {
  const awsMicros = async (): Promise<number> => {
    aws.send('processor time');
    return ((await once(aws, 'message')) as [number])[0];
  };
  const names = Object.keys(contenders) as Name[];
  const all = new Map<Name, Taken[]>(names.map((name) => [name, []]));
  for (let turn = 0; turn < WARM_UP + ROUNDS; turn += 1) {
    for (const name of names) {
      const before = { own: process.cpuUsage(), aws: await awsMicros() };
      for (let call = 1; call <= CALLS; call += 1) {
        await contenders[name]();
        if (call % BURST === 0) await sleep(BURST_PAUSE_MS);
      }
      await sleep(SETTLE_MS);
      const { user, system } = process.cpuUsage(before.own);
      const taken = { cpuMicros: (user + system) / CALLS, awsMicros: ((await awsMicros()) - before.aws) / CALLS };
      if (turn >= WARM_UP) all.get(name)?.push(taken);
    }
  }
  const middle = (taken: readonly Taken[], what: keyof Taken) => round(median(taken.map((each) => each[what])), 1);
  return Object.fromEntries(
    [...all].map(([name, taken]) => [
      name,
      { cpuMicros: middle(taken, 'cpuMicros'), awsMicros: middle(taken, 'awsMicros') },
    ]),
  ) as Record<Name, Taken>;
}
