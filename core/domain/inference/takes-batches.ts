import type { ModelSignature } from './signature.ts';

/**
 * Whether rows of several requests may be given to a model at once, as far as its signature tells: axis 0 of every input and
 * output is free and one and the same. Whether rows influence one another it does not tell.
 */
export function takesBatches({ inputs, outputs }: ModelSignature): boolean {
  const tensors = [...inputs, ...outputs];
  const axes = tensors.map(({ shape, anyRank }) => (anyRank || shape.length === 0 ? 0 : (shape[0] ?? null)));
  const names = new Set(axes.filter((axis) => axis !== null));
  return inputs.length > 0 && axes.every((axis) => typeof axis !== 'number') && names.size <= 1;
}
