import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadOnnxruntime } from '../../../../adapters/onnx/load-onnxruntime.ts';
import { onnxruntimeModelRuntime } from '../../../../adapters/onnx/onnxruntime-model-runtime.ts';
import { largestDifference } from '../../../../core/domain/executor/compare-answers.ts';
import { compileModel } from '../../../../core/domain/executor/compile-model.ts';
import { SAMPLED_ROWS, sampleRows } from '../../../../core/domain/executor/sample-rows.ts';
import { parseElements } from '../../../../core/domain/inference/parse-elements.ts';
import type { ModelSignature } from '../../../../core/domain/inference/signature.ts';
import type { Tensor } from '../../../../core/domain/inference/tensor.ts';
import { encodeOnnxModel, type GraphAttribute, type OnnxGraph } from '../../../../core/domain/onnx/encode-model.ts';
import { prepareModel } from '../../../../core/domain/onnx/prepare-model.ts';
import { createRandom } from '../../../../core/domain/training/random.ts';
import { ELEMENT, identityModel } from '../../../support/onnx-models.ts';
import { FEATURES, GRID, MODES, type RandomTrees, randomTrees } from '../../../support/random-trees.ts';
import { missing, SHARED } from '../../../support/shared.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
const native = onnxruntimeModelRuntime(() => loadOnnxruntime(resolve('assets')));

const compiled = (bytes: Uint8Array, signature: ModelSignature) => {
  const { model, reason } = compileModel(bytes, signature);
  if (!model) throw new Error(`not compiled: ${reason}`);
  return model;
};

/** Largest difference between the two runtimes on sampled rows, relative beyond 1. */
async function difference(file: Uint8Array, inputs?: readonly Tensor[]): Promise<number> {
  const { bytes, signature } = prepareModel(file);
  const rows = inputs ?? sampleRows(bytes, signature, createRandom(7).uniform) ?? [];
  const outputs = signature.outputs.map(({ name }) => name);
  const loaded = await native.load(bytes, { service: 'test', version: 1, signature });
  try {
    return largestDifference(compiled(bytes, signature).run(rows, outputs), await loaded.run(rows, outputs));
  } finally {
    await loaded.release();
  }
}

const float = (name: string, columns: number) =>
  ({ name, elementType: 'FLOAT', shape: ['N', columns] }) as const satisfies OnnxGraph['inputs'][number];

/** One node from `x` [N, 3] to `y`. */
const single = (operator: string, attributes: Record<string, GraphAttribute>, parts: Partial<OnnxGraph> = {}) =>
  encodeOnnxModel({
    name: 'single',
    inputs: [float('x', 3)],
    outputs: [float('y', 3)],
    constants: [],
    nodes: [{ operator, domain: 'ai.onnx.ml', inputs: ['x'], outputs: ['y'], attributes }],
    metadata: {},
    ...parts,
  });

const onnx = (operator: string, inputs: readonly string[], attributes: Record<string, GraphAttribute> = {}) => ({
  operator,
  inputs,
  outputs: ['y'],
  attributes,
});

const constant = (name: string, shape: readonly number[], ...values: number[]) => ({
  name,
  shape,
  values: Float32Array.from(values),
});

const ROW_VALUES = [...GRID, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30, -1e30, -0, 0.3];

const anyTrees: fc.Arbitrary<RandomTrees> = fc
  .record({
    seed: fc.nat(),
    kind: fc.constantFrom('classifier', 'regressor'),
    width: fc.integer({ min: 1, max: 4 }),
    trees: fc.integer({ min: 1, max: 6 }),
    modes: fc.subarray([...MODES], { minLength: 1 }),
    transform: fc.constantFrom('NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO'),
    aggregate: fc.constantFrom('SUM', 'AVERAGE', 'MIN', 'MAX'),
    tracksMissing: fc.boolean(),
    baseValues: fc.constantFrom('none', 'each'),
    speaksOf: fc.constantFrom('first', 'any'),
    weights: fc.constantFrom('positive', 'mixed'),
  } as const)
  .map(({ baseValues, aggregate, width, kind, ...options }) => {
    const classes = kind === 'classifier' ? Math.max(width, 2) : width;
    return {
      ...options,
      kind,
      width: classes,
      baseValues: baseValues === 'each' ? (kind === 'classifier' && classes === 2 ? 1 : classes) : 0,
      ...(kind === 'regressor' && { aggregate }),
    };
  });

describe('the executor', () => {
  it('answers as onnxruntime for random trees of every mode, aggregate and transform', async () => {
    let compiledCount = 0;
    await fc.assert(
      fc.asyncProperty(
        anyTrees,
        fc.array(fc.constantFrom(...ROW_VALUES), { minLength: 40, maxLength: 40 }),
        async (options, values) => {
          const bytes = randomTrees(options);
          if (!compileModel(bytes, prepareModel(bytes).signature).model) return;
          compiledCount += 1;
          const data = Float32Array.from(values);
          const shape = [values.length / FEATURES, FEATURES];
          expect(await difference(bytes, [{ name: 'input', datatype: 'FP32', shape, data }])).toBeLessThanOrEqual(1e-6);
        },
      ),
      { numRuns: 300 },
    );
    // Only two classes with both base values and leaves of both are left to onnxruntime.
    expect(compiledCount).toBeGreaterThan(200);
  });

  it.each(['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'])(
    'applies %s to the scores of linear models',
    async (transform) => {
      const attributes = {
        coefficients: { floats: [0.5, -1.25, 3, 0.1, 0.2, -0.3, 2, 2, 2] },
        intercepts: { floats: [0.5, -0.5, 0.25] },
        post_transform: { text: transform },
      };
      const inputs = [0.1, 0.2, 0.15, 0.01, 0.1, 0.02, 0, 0, 0, 30, -20, 10].map(Math.fround);
      const x: Tensor = { name: 'x', datatype: 'FP32', shape: [4, 3], data: Float32Array.from(inputs) };
      const regressor = single('LinearRegressor', { ...attributes, targets: { integer: 3 } });
      // The inverse error function amplifies the last bit of a logarithm.
      expect(await difference(regressor, [x])).toBeLessThanOrEqual(transform === 'PROBIT' ? 1e-4 : 1e-6);
      const classifier = single(
        'LinearClassifier',
        { ...attributes, classlabels_ints: { integers: [5, 7, 9] } },
        {
          outputs: [{ name: 'label', elementType: 'INT64', shape: ['N'] }, float('y', 3)],
          nodes: [
            {
              operator: 'LinearClassifier',
              domain: 'ai.onnx.ml',
              inputs: ['x'],
              outputs: ['label', 'y'],
              attributes: { ...attributes, classlabels_ints: { integers: [5, 7, 9] } },
            },
          ],
        },
      );
      expect(await difference(classifier, [x])).toBeLessThanOrEqual(transform === 'PROBIT' ? 1e-4 : 1e-6);
    },
  );

  it.each([
    { title: 'Scaler', bytes: single('Scaler', { offset: { floats: [1, 2, 3] }, scale: { floats: [0.1, 3, 1e-3] } }) },
    {
      title: 'Scaler with one value for all',
      bytes: single('Scaler', { offset: { floats: [1] }, scale: { floats: [0.1] } }),
    },
    { title: 'Normalizer MAX', bytes: single('Normalizer', { norm: { text: 'MAX' } }) },
    { title: 'Normalizer L1', bytes: single('Normalizer', { norm: { text: 'L1' } }) },
    { title: 'Normalizer L2', bytes: single('Normalizer', { norm: { text: 'L2' } }) },
    {
      title: 'Imputer of NaN',
      bytes: single('Imputer', {
        imputed_value_floats: { floats: [1, 2, 3] },
        replaced_value_float: { float: Number.NaN },
      }),
    },
    {
      title: 'Imputer of a value',
      bytes: single('Imputer', { imputed_value_floats: { floats: [9] }, replaced_value_float: { float: 0 } }),
    },
    ...['Add', 'Sub', 'Mul', 'Div'].map((operator) => ({
      title: `${operator} of a row`,
      bytes: single('', {}, { constants: [constant('c', [3], 1, -2.5, 0.1)], nodes: [onnx(operator, ['x', 'c'])] }),
    })),
    {
      title: 'Sub from a scalar',
      bytes: single('', {}, { constants: [constant('c', [], 1)], nodes: [onnx('Sub', ['c', 'x'])] }),
    },
    { title: 'Sigmoid', bytes: single('', {}, { nodes: [onnx('Sigmoid', ['x'])] }) },
    { title: 'Softmax', bytes: single('', {}, { nodes: [onnx('Softmax', ['x'], { axis: { integer: -1 } })] }) },
    {
      title: 'Clip',
      bytes: single(
        '',
        {},
        { constants: [constant('l', [], -1), constant('h', [], 2)], nodes: [onnx('Clip', ['x', 'l', 'h'])] },
      ),
    },
    {
      title: 'Where IsNaN',
      bytes: single(
        '',
        {},
        {
          constants: [constant('zero', [], 0)],
          nodes: [{ operator: 'IsNaN', inputs: ['x'], outputs: ['m'] }, onnx('Where', ['m', 'zero', 'x'])],
        },
      ),
    },
    {
      title: 'MatMul',
      bytes: single(
        '',
        {},
        {
          constants: [constant('w', [3, 3], 1, 2, 3, -1, 0.1, 0.2, 5, 6, 7)],
          nodes: [onnx('MatMul', ['x', 'w'])],
        },
      ),
    },
    {
      title: 'Gemm with a transposed weight',
      bytes: single(
        '',
        {},
        {
          constants: [constant('w', [3, 3], 1, 2, 3, -1, 0.1, 0.2, 5, 6, 7), constant('b', [3], 1, 2, 3)],
          nodes: [onnx('Gemm', ['x', 'w', 'b'], { transB: { integer: 1 } })],
        },
      ),
    },
    {
      title: 'Concat',
      bytes: single(
        '',
        {},
        { outputs: [float('y', 6)], nodes: [onnx('Concat', ['x', 'x'], { axis: { integer: 1 } })] },
      ),
    },
    {
      title: 'Reshape and Flatten',
      bytes: single(
        '',
        {},
        {
          constants: [{ name: 's', shape: [3], values: BigInt64Array.of(0n, -1n, 1n) }],
          nodes: [{ operator: 'Reshape', inputs: ['x', 's'], outputs: ['r'] }, onnx('Flatten', ['r'])],
        },
      ),
    },
    {
      title: 'Unsqueeze and Squeeze',
      bytes: single(
        '',
        {},
        {
          constants: [{ name: 'a', shape: [1], values: BigInt64Array.of(1n) }],
          nodes: [{ operator: 'Unsqueeze', inputs: ['x', 'a'], outputs: ['u'] }, onnx('Squeeze', ['u', 'a'])],
        },
      ),
    },
    {
      title: 'ArgMax, Cast and Identity',
      bytes: single(
        '',
        {},
        {
          outputs: [float('y', 1)],
          nodes: [
            { operator: 'IsNaN', inputs: ['x'], outputs: ['m'] },
            { operator: 'Cast', inputs: ['m'], outputs: ['f'], attributes: { to: { integer: 1 } } },
            { operator: 'ArgMax', inputs: ['f'], outputs: ['i'], attributes: { axis: { integer: 1 } } },
            { operator: 'Cast', inputs: ['i'], outputs: ['c'], attributes: { to: { integer: 1 } } },
            onnx('Identity', ['c']),
          ],
        },
      ),
    },
  ])('answers as onnxruntime: $title', async ({ bytes }) => {
    expect(await difference(bytes)).toBeLessThanOrEqual(1e-6);
  });

  it.each([
    {
      title: 'an operator it does not know',
      bytes: single('', {}, { nodes: [onnx('Relu', ['x'])] }),
      reason: 'the operator Relu',
    },
    {
      title: 'an attribute it does not know',
      bytes: single('Normalizer', { odd: { integer: 1 } }),
      reason: 'Normalizer with odd',
    },
    {
      title: 'a matrix that the native library multiplies faster',
      bytes: single(
        '',
        {},
        {
          inputs: [float('x', 256)],
          outputs: [float('y', 256)],
          constants: [{ name: 'w', shape: [256, 256], values: new Float32Array(65_536) }],
          nodes: [onnx('MatMul', ['x', 'w'])],
        },
      ),
      reason: 'a matrix of 256 × 256',
    },
    {
      title: 'an input of any rank',
      bytes: identityModel(ELEMENT.FP32),
      reason: 'an input of any number of dimensions',
    },
  ])('leaves $title to onnxruntime', ({ bytes, reason }) => {
    expect(compileModel(bytes, prepareModel(bytes).signature)).toEqual({ reason });
  });

  it('fails for a node that is its own ancestor instead of walking for ever', () => {
    const node = (ids: Partial<Record<string, GraphAttribute>>) =>
      single('TreeEnsembleRegressor', {
        n_targets: { integer: 1 },
        nodes_treeids: { integers: [0, 0, 0] },
        nodes_nodeids: { integers: [0, 1, 2] },
        nodes_featureids: { integers: [0, 0, 0] },
        nodes_modes: { texts: ['BRANCH_LEQ', 'BRANCH_LEQ', 'LEAF'] },
        nodes_values: { floats: [0, 0, 0] },
        nodes_truenodeids: { integers: [1, 0, 0] },
        nodes_falsenodeids: { integers: [2, 2, 0] },
        target_treeids: { integers: [0] },
        target_nodeids: { integers: [2] },
        target_ids: { integers: [0] },
        target_weights: { floats: [1] },
        ...ids,
      } as Record<string, GraphAttribute>);
    const { signature } = prepareModel(node({}));
    expect(compileModel(node({}), signature)).toEqual({ reason: 'a node with two parents' });
  });

  it('takes no rows at all', () => {
    const bytes = randomTrees({
      seed: 1,
      kind: 'classifier',
      width: 3,
      trees: 2,
      modes: ['BRANCH_LEQ'],
      transform: 'SOFTMAX',
      tracksMissing: false,
      baseValues: 0,
      speaksOf: 'any',
      weights: 'mixed',
    });
    const model = compiled(bytes, prepareModel(bytes).signature);
    const none: Tensor = { name: 'input', datatype: 'FP32', shape: [0, FEATURES], data: new Float32Array() };
    expect(model.run([none], ['scores'])).toEqual([
      { name: 'scores', datatype: 'FP32', shape: [0, 3], data: new Float32Array() },
    ]);
  });

  it('fails with a RangeError for fewer features than the trees ask for', () => {
    const bytes = randomTrees({
      seed: 1,
      kind: 'regressor',
      width: 1,
      trees: 5,
      modes: ['BRANCH_LEQ'],
      transform: 'NONE',
      tracksMissing: false,
      baseValues: 0,
      speaksOf: 'any',
      weights: 'mixed',
    });
    const model = compiled(bytes, prepareModel(bytes).signature);
    const narrow: Tensor = { name: 'input', datatype: 'FP32', shape: [1, 1], data: Float32Array.of(1) };
    expect(() => model.run([narrow], ['scores'])).toThrow(RangeError);
  });
});

describe('sampleRows', () => {
  it('meets thresholds exactly, and holds NaN, both infinities and both zeros', () => {
    const bytes = randomTrees({
      seed: 3,
      kind: 'regressor',
      width: 1,
      trees: 4,
      modes: ['BRANCH_LEQ'],
      transform: 'NONE',
      tracksMissing: true,
      baseValues: 0,
      speaksOf: 'any',
      weights: 'mixed',
    });
    const rows = sampleRows(bytes, prepareModel(bytes).signature, createRandom(1).uniform);
    expect(rows?.map(({ shape }) => shape)).toEqual([[SAMPLED_ROWS, FEATURES]]);
    const values = new Set(rows?.[0]?.data as Float32Array);
    for (const value of [Math.fround(0.1), 0.5, 3, Number.NaN, Infinity, -Infinity, 0, Math.fround(1e30)]) {
      expect(values.has(value)).toBe(true);
    }
  });

  it('makes none for a signature that is no matrix of floats', () => {
    const bytes = identityModel(ELEMENT.INT64, ['N', 2]);
    expect(sampleRows(bytes, prepareModel(bytes).signature, Math.random)).toBeUndefined();
  });
});

const absent = missing('models');
const FILES = ['logreg', 'gbdt100', 'sk_logreg_strlabel_zipmap', 'xgb_clf'];

describe.skipIf(absent)(`models of frameworks${absent ? ` (${absent})` : ''}`, () => {
  it.each(FILES)('%s answers sampled rows exactly as onnxruntime', async (name) => {
    expect(await difference(readFileSync(join(SHARED, 'models', `${name}.onnx`)))).toBe(0);
  });

  it.each(FILES.filter((name) => existsSync(join(SHARED, 'models', `${name}.case.json`))))(
    '%s answers the rows of its framework',
    async (name) => {
      const { inputs } = JSON.parse(readFileSync(join(SHARED, 'models', `${name}.case.json`), 'utf8')) as {
        inputs: Tensor[];
      };
      const rows = inputs.map((input) => ({ ...input, data: parseElements(input, input.data as never) }));
      expect(await difference(readFileSync(join(SHARED, 'models', `${name}.onnx`)), rows)).toBe(0);
    },
  );
});
