import { unsupported } from './unsupported.ts';

/** What ai.onnx.ml operators do to raw scores, row by row, in onnxruntime's float32 arithmetic. */
export type PostTransform = 'NONE' | 'SOFTMAX' | 'LOGISTIC' | 'SOFTMAX_ZERO' | 'PROBIT';

const KNOWN: readonly string[] = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'];

export function parsePostTransform(text: string): PostTransform {
  return KNOWN.includes(text) ? (text as PostTransform) : unsupported(`post_transform ${text}`);
}

const { fround, exp, abs, log, sqrt } = Math;

/** 1 / (1 + e^−x), computed from |x| so that it does not overflow. */
export function logistic(x: number): number {
  const value = fround(1 / fround(1 + fround(exp(-abs(x)))));
  return x < 0 ? fround(1 - value) : value;
}

const SQRT2 = fround(Math.SQRT2);
const WINITZKI = fround(0.147);
const PI = fround(Math.PI);

/** √2 · erf⁻¹(2x − 1), with Winitzki's approximation of the inverse error function. */
export function probit(x: number): number {
  const y = fround(fround(2 * x) - 1);
  const logarithm = fround(log(fround(fround(1 - y) * fround(1 + y))));
  const a = fround(fround(2 / fround(PI * WINITZKI)) + fround(0.5 * logarithm));
  const b = fround(fround(1 / WINITZKI) * logarithm);
  const c = fround(fround(-a) + fround(sqrt(fround(fround(a * a) - b))));
  return fround(SQRT2 * fround((y < 0 ? -1 : 1) * fround(sqrt(c))));
}

/** Below this, SOFTMAX_ZERO takes a score for zero and leaves it out. */
const ZERO = fround(1e-7);
const LOWEST = -3.4028234663852886e38;

/** Transforms `width` scores from `at` on, in place. */
export function transformRow(scores: Float32Array, at: number, width: number, transform: PostTransform): void {
  const end = at + width;
  if (transform === 'SOFTMAX' || transform === 'SOFTMAX_ZERO') {
    softmaxRow(scores, at, end, transform === 'SOFTMAX_ZERO');
  } else if (transform === 'LOGISTIC') {
    for (let i = at; i < end; i += 1) scores[i] = logistic(scores[i] as number);
  } else if (transform === 'PROBIT') {
    for (let i = at; i < end; i += 1) scores[i] = probit(scores[i] as number);
  }
}

function softmaxRow(scores: Float32Array, at: number, end: number, leavesZeros: boolean): void {
  let largest = LOWEST;
  for (let i = at; i < end; i += 1) if ((scores[i] as number) > largest) largest = scores[i] as number;
  const zeroFactor = leavesZeros ? fround(exp(-largest)) : 1;
  let sum = 0;
  for (let i = at; i < end; i += 1) {
    const score = scores[i] as number;
    if (leavesZeros && !(score > ZERO || score < -ZERO)) {
      scores[i] = score * zeroFactor;
    } else {
      scores[i] = exp(fround(score - largest));
      sum = fround(sum + (scores[i] as number));
    }
  }
  for (let i = at; i < end; i += 1) scores[i] = (scores[i] as number) / sum;
}
