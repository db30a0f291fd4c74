import type { ExecutorVerdict } from '../contracts/api.ts';
import { largestDifference, TOLERANCE } from '../domain/executor/compare-answers.ts';
import { type CompiledModel, compileModel } from '../domain/executor/compile-model.ts';
import { SAMPLED_ROWS, sampleRows } from '../domain/executor/sample-rows.ts';
import { rowOf } from '../domain/inference/row-of.ts';
import type { ModelSignature } from '../domain/inference/signature.ts';
import type { Tensor } from '../domain/inference/tensor.ts';
import type { ProbedModel } from '../ports/model-probe.ts';

/** Rows that are also asked one by one: onnxruntime sums in another order then. */
const SINGLE_ROWS = 32;

/** Larger files would take the executor longer to read than ONNX Runtime to load. */
const FILE_LIMIT_BYTES = 32 * 1024 * 1024;

/** What the executor is compared with. */
export type NativeModel = Pick<ProbedModel, 'run'>;

/**
 * Decides whether the executor may serve a model: it must compile it, and answer 512 sampled rows as ONNX Runtime does, labels
 * exactly and floats within 1e-6.
 *
 * @param random uniform in [0, 1)
 */
export const verifyExecutor =
  ({ random }: { random: () => number }) =>
  async (bytes: Uint8Array, signature: ModelSignature, native: NativeModel): Promise<ExecutorVerdict> => {
    if (bytes.length > FILE_LIMIT_BYTES) return { name: 'onnxruntime', reason: 'the file has more than 32 MiB' };
    const { model, reason } = compileModel(bytes, signature);
    if (!model) return { name: 'onnxruntime', reason };
    const inputs = sampleRows(bytes, signature, random);
    if (!inputs) return { name: 'onnxruntime', reason: 'no rows can be sampled from the signature' };
    const outputs = signature.outputs.map(({ name }) => name);
    const maxDifference = await compare(model, native, { inputs, outputs });
    return maxDifference <= TOLERANCE
      ? { name: 'typescript', rows: SAMPLED_ROWS, maxDifference }
      : { name: 'onnxruntime', reason: `the answers differ by ${maxDifference}`, rows: SAMPLED_ROWS };
  };

async function compare(
  model: CompiledModel,
  native: NativeModel,
  { inputs, outputs }: { inputs: readonly Tensor[]; outputs: readonly string[] },
): Promise<number> {
  const expected = await native.run(inputs, outputs);
  let largest = largestDifference(model.run(inputs, outputs), expected);
  for (let row = 0; row < SINGLE_ROWS; row += 1) {
    const single = inputs.map((tensor) => rowOf(tensor, row));
    const alone = await native.run(single, outputs);
    // Where onnxruntime's own answers to a row alone and among others differ, either will do.
    const among = expected.map((tensor) => rowOf(tensor, row));
    const answer = model.run(single, outputs);
    largest = Math.max(largest, Math.min(largestDifference(answer, alone), largestDifference(answer, among)));
  }
  return largest;
}
