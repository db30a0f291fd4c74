import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { compileModel } from '../core/domain/executor/compile-model.ts';
import type { Tensor } from '../core/domain/inference/tensor.ts';
import { prepareModel } from '../core/domain/onnx/prepare-model.ts';
import { createRandom } from '../core/domain/training/random.ts';
import { FEATURES, hundredTrees, logisticRegression } from './models.ts';
import { compareCalls, round } from './statistics.ts';

const ROUNDS = 9;

/**
 * The executor against `session.run` of onnxruntime-node with one thread, same rows, in turn.
 *
 * @returns ratios executor / onnxruntime of wall and processor time: below 1 the executor is faster
 */
export async function benchExecutor(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const models = { 'logistic regression': logisticRegression(), '100 trees': hundredTrees() };
  const results: Record<string, unknown> = {};
  for (const [name, bytes] of Object.entries(models)) {
    for (const [rows, calls] of [
      [1, 2_000],
      [1_000, 20],
    ] as const) {
      const { executor, onnxruntime } = await measure(bytes, rows, calls);
      const ratio = {
        wall: round(executor.wallMicros / onnxruntime.wallMicros),
        cpu: round(executor.cpuMicros / onnxruntime.cpuMicros),
      };
      log(
        `${name}, ${rows} row${rows === 1 ? '' : 's'}: executor ${executor.wallMicros} µs (cpu ${executor.cpuMicros}), session.run ${onnxruntime.wallMicros} µs (cpu ${onnxruntime.cpuMicros}): ${ratio.wall} × (cpu ${ratio.cpu} ×)`,
      );
      results[`${name}, ${rows}`] = { executor, onnxruntime, 'executor / session.run': ratio };
    }
  }
  return results;
}

async function measure(bytes: Uint8Array, rows: number, calls: number) {
  const { signature } = prepareModel(bytes);
  const { model, reason } = compileModel(bytes, signature);
  if (!model) throw new Error(`the executor does not compile it: ${reason}`);
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'extended',
    logSeverityLevel: 4,
  });
  const { uniform } = createRandom(3);
  const data = Float32Array.from({ length: rows * FEATURES }, () => uniform() * 2 - 1);
  const input: Tensor = { name: 'input', datatype: 'FP32', shape: [rows, FEATURES], data };
  const outputs = signature.outputs.map(({ name }) => name);
  const times = await compareCalls(
    {
      executor: () => model.run([input], outputs),
      onnxruntime: () => session.run({ input: new OrtTensor('float32', data, [rows, FEATURES]) }, outputs),
    },
    { rounds: ROUNDS, calls },
  );
  await session.release();
  return times;
}
