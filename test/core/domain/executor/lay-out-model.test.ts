import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../../../core/domain/executor/compile-model.ts';
import { layOutModel } from '../../../../core/domain/executor/lay-out-model.ts';
import { sampleRows } from '../../../../core/domain/executor/sample-rows.ts';
import { prepareModel } from '../../../../core/domain/onnx/prepare-model.ts';
import { createRandom } from '../../../../core/domain/training/random.ts';
import { ELEMENT, identityModel } from '../../../support/onnx-models.ts';
import { MODES, type RandomTrees, randomTrees } from '../../../support/random-trees.ts';

const someTrees: fc.Arbitrary<RandomTrees> = fc.record({
  seed: fc.nat(),
  kind: fc.constantFrom('classifier', 'regressor'),
  width: fc.integer({ min: 1, max: 4 }),
  trees: fc.integer({ min: 1, max: 6 }),
  modes: fc.subarray([...MODES], { minLength: 1 }),
  transform: fc.constantFrom('NONE', 'SOFTMAX', 'LOGISTIC'),
  tracksMissing: fc.boolean(),
  baseValues: fc.constant(0),
  speaksOf: fc.constantFrom('first', 'any'),
  weights: fc.constantFrom('positive', 'mixed'),
});

describe('layOutModel', () => {
  it('gives a file whose answers are the same to the bit', () => {
    let compared = 0;
    fc.assert(
      fc.property(someTrees, (trees) => {
        const { bytes, signature } = prepareModel(randomTrees(trees));
        const { model } = compileModel(bytes, signature);
        const laidOut = model && layOutModel(bytes);
        if (!laidOut) return;
        compared += 1;
        const inputs = sampleRows(bytes, signature, createRandom(trees.seed).uniform) ?? [];
        const outputs = signature.outputs.map(({ name }) => name);
        // As they come from the registry, in a Buffer that may start anywhere.
        const read = Buffer.concat([Buffer.from('ab'), laidOut]).subarray(2);
        const other = compileModel(read, signature, { acceptsLayouts: true });
        expect(other.reason).toBeUndefined();
        expect(other.model?.run(inputs, outputs)).toEqual(model.run(inputs, outputs));
      }),
    );
    expect(compared).toBeGreaterThan(10);
  });

  it('fails to compile where layouts are not asked for: whoever uploads a file could have made one', () => {
    const { bytes, signature } = prepareModel(
      randomTrees({
        seed: 1,
        kind: 'regressor',
        width: 1,
        trees: 2,
        modes: ['BRANCH_LEQ'],
        transform: 'NONE',
        tracksMissing: false,
        baseValues: 0,
        speaksOf: 'first',
        weights: 'mixed',
      }),
    );
    const laidOut = layOutModel(bytes) as Uint8Array;
    expect(compileModel(laidOut, signature).reason).toBe('TreeEnsembleRegressor with keelson_layout');
  });

  it('gives nothing for a model without trees', () => {
    expect(layOutModel(identityModel(ELEMENT.FP32, ['N']))).toBeUndefined();
  });
});
