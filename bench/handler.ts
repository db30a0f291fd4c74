import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { bundle } from '../scripts/bundle.ts';
import { openStorage } from './cold-start/storage.ts';
import { FEATURES, hundredTrees, logisticRegression } from './models.ts';
import { requestEvent } from './request-event.ts';
import { compareCalls, round } from './statistics.ts';

const ROUNDS = 9;
const CALLS = 1_000;

type Handler = (event: unknown, context: object) => Promise<{ statusCode: number; body: string }>;

/**
 * One request of one row through the inference bundle (routing, JSON, checks, model, answer) against `session.run` alone, in
 * one process, in turn.
 *
 * @returns ratios of wall and processor time to `session.run`
 */
export async function benchHandler(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const { outdir } = await bundle();
  const storage = await openStorage();
  Object.assign(process.env, storage.environment);
  const { handler } = createRequire(import.meta.url)(join(outdir, 'lambdas', 'infer', 'index.cjs')) as {
    handler: Handler;
  };
  const results: Record<string, unknown> = {};
  try {
    for (const [name, bytes] of [
      ['linear', logisticRegression()],
      ['trees', hundredTrees()],
    ] as const) {
      await storage.register(`${name}-executor`, bytes, 'typescript');
      await storage.register(`${name}-onnxruntime`, bytes, 'onnxruntime');
      const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
      const data = new Float32Array(FEATURES);
      const ask = (service: string) => {
        const event = requestEvent(service);
        return async () => {
          const { statusCode, body } = await handler(event, { getRemainingTimeInMillis: () => 10_000 });
          if (statusCode !== 200) throw new Error(body);
        };
      };
      const { run, ...others } = await compareCalls(
        {
          run: () => session.run({ input: new OrtTensor('float32', data, [1, FEATURES]) }),
          executor: ask(`${name}-executor`),
          onnxruntime: ask(`${name}-onnxruntime`),
        },
        { rounds: ROUNDS, calls: CALLS },
      );
      for (const [runtime, time] of Object.entries(others)) {
        const ratio = { wall: round(time.wallMicros / run.wallMicros), cpu: round(time.cpuMicros / run.cpuMicros) };
        log(
          `${name}, handler with ${runtime}: ${time.wallMicros} µs (cpu ${time.cpuMicros}), session.run ${run.wallMicros} µs (cpu ${run.cpuMicros}): ${ratio.wall} × (cpu ${ratio.cpu} ×)`,
        );
        results[`${name}, ${runtime}`] = { handler: time, run, 'handler / session.run': ratio };
      }
      await session.release();
    }
  } finally {
    await storage.close();
  }
  return results;
}
