process.env['ORT_DISABLE_TELEMETRY'] = '1';
const { InferenceSession, Tensor } = await import('onnxruntime-node');

export interface OnnxAnswer {
  readonly label: readonly number[];
  readonly probabilities: Float32Array;
  readonly prediction: Float32Array;
}

/** Answers of ONNX Runtime, as the judge of what our own forward pass computes. */
export async function runOnnx(
  model: Uint8Array,
  values: Float32Array,
  { shape, input = 'input', threads }: { shape: readonly number[]; input?: string; threads?: number },
): Promise<OnnxAnswer> {
  const session = await InferenceSession.create(model, threads === undefined ? {} : { intraOpNumThreads: threads });
  const answer = await session.run({ [input]: new Tensor('float32', values, shape) });
  const floats = (name: string) => (answer[name]?.data ?? new Float32Array()) as Float32Array;
  return {
    label: Array.from((answer['label']?.data ?? []) as BigInt64Array, Number),
    probabilities: floats('probabilities'),
    prediction: floats('prediction'),
  };
}

/** `x` FP32 [1, N] in, `y` out. */
export async function runAddition(model: Uint8Array, row: readonly number[]): Promise<{ sums: number[] }> {
  const session = await InferenceSession.create(model);
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.from(row), [1, row.length]) });
  return { sums: Array.from((y?.data ?? []) as Float32Array) };
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || a.length === 0) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i += 1) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}
