import type { ExecutorVerdict } from '../contracts/api.ts';
import { largestDifference, TOLERANCE } from '../domain/executor/compare-answers.ts';
import { type CompiledModel, compileModel } from '../domain/executor/compile-model.ts';
import { SAMPLED_ROWS, sampleRows } from '../domain/executor/sample-rows.ts';
import type { ModelSignature } from '../domain/inference/signature.ts';
import type { Tensor } from '../domain/inference/tensor.ts';
import type { LoadedModel, ModelRuntime } from '../ports/model-runtime.ts';

/** Rows that are also asked one by one: onnxruntime sums in another order then. */
const SINGLE_ROWS = 32;

/**
 * Decides whether the executor may serve a model: it must compile it, and answer 512 sampled rows as onnxruntime does, labels
 * exactly and floats within 1e-6.
 *
 * @param random uniform in [0, 1)
 */
export const verifyExecutor =
  ({ native, random }: { native: ModelRuntime; random: () => number }) =>
  async (bytes: Uint8Array, signature: ModelSignature): Promise<ExecutorVerdict> => {
    const { model, reason } = compileModel(bytes, signature);
    if (!model) return { name: 'onnxruntime', reason };
    const inputs = sampleRows(bytes, signature, random);
    if (!inputs) return { name: 'onnxruntime', reason: 'no rows can be sampled from the signature' };
    const loaded = await native.load(bytes, { service: 'verify', version: 1, signature });
    try {
      const maxDifference = await compare(model, loaded, {
        inputs,
        outputs: signature.outputs.map(({ name }) => name),
      });
      return maxDifference <= TOLERANCE
        ? { name: 'typescript', rows: SAMPLED_ROWS, maxDifference }
        : { name: 'onnxruntime', reason: `the answers differ by ${maxDifference}`, rows: SAMPLED_ROWS };
    } finally {
      await loaded.release();
    }
  };

async function compare(
  model: CompiledModel,
  native: LoadedModel,
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

function rowOf(tensor: Tensor, row: number): Tensor {
  const [, ...inner] = tensor.shape;
  const width = inner.reduce((product, size) => product * size, 1);
  return { ...tensor, shape: [1, ...inner], data: tensor.data.slice(row * width, (row + 1) * width) };
}
