import { describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../../core/contracts/api.ts';
import { FRAUD_FEATURES } from '../../../../examples/fraud/features.ts';
import { aVersion } from '../../../support/a-version.ts';
import { compile, typedClient } from '../../../support/typed-client.ts';

const FRAUD = aVersion({
  signature: {
    inputs: [{ name: 'features', datatype: 'FP32', shape: ['N', FRAUD_FEATURES.length] }],
    outputs: [
      { name: 'label', datatype: 'INT64', shape: ['N'] },
      { name: 'probabilities', datatype: 'FP32', shape: ['N', 2] },
    ],
  },
  classLabels: { probabilities: ['genuine', 'fraud'] },
  metadata: { feature_names: JSON.stringify(FRAUD_FEATURES) },
});

const DIGITS = aVersion({
  service: 'digits',
  signature: {
    inputs: [{ name: 'image', datatype: 'FP32', shape: ['N', 1, 28, 28] }],
    outputs: [{ name: 'probabilities', datatype: 'FP32', shape: ['N', 10] }],
  },
  metadata: { feature_names: '["image"]' },
});

const MIXED = aVersion({
  service: 'pt_mixed',
  signature: {
    inputs: [
      { name: 'a', datatype: 'FP32', shape: ['N', 3] },
      { name: 'mask', datatype: 'BOOL', shape: ['N', 3] },
      { name: 'k', datatype: 'INT64', shape: [] },
      { name: 'any', datatype: 'UINT8', shape: [], anyRank: true },
    ],
    outputs: [
      { name: 'gt', datatype: 'BOOL', shape: ['N', 3] },
      { name: 'total', datatype: 'FP32', shape: [] },
      { name: 'am', datatype: 'INT64', shape: ['N'] },
    ],
  },
});

const column = (name: string, datatype: 'BYTES' | 'FP32') => ({ name, datatype, shape: [null, 1] });
const TITANIC = aVersion({
  service: 'titanic',
  signature: {
    inputs: [
      column('pclass', 'BYTES'),
      column('sex', 'BYTES'),
      column('embarked', 'BYTES'),
      column('age', 'FP32'),
      column('fare', 'FP32'),
    ],
    outputs: [
      { name: 'output_label', datatype: 'INT64', shape: [null] },
      { name: 'output_probability', datatype: 'FP32', shape: [null, 2] },
    ],
  },
  classLabels: { output_probability: [0, 1] },
});

const ODD_NAMES = [
  'class',
  'constructor',
  '__proto__',
  'a-b.c',
  "it's */ process.exit() /*",
  'größe',
  '日本',
  '\u202e\u2028\n\\"`$&',
  '',
];
const ODD = aVersion({
  signature: {
    inputs: ODD_NAMES.map((name) => ({ name, datatype: 'FP32', shape: ['N*/', 2] })),
    outputs: ODD_NAMES.map((name) => ({ name, datatype: 'FP32', shape: ['N', ODD_NAMES.length] })),
  },
  classLabels: { class: ODD_NAMES, größe: ['a, b', 'c'] },
});

const odd = (shape: (string | number | null)[]): ModelVersion =>
  aVersion({ signature: { inputs: [{ name: 'x', datatype: 'FP32', shape }], outputs: [] } });

const MODELS: Readonly<Record<string, ModelVersion>> = {
  'a table with feature names': FRAUD,
  images: DIGITS,
  'booleans, integers and tensors of rank 0 or any': MIXED,
  'several named inputs with strings': TITANIC,
  'names that are not identifiers, reserved, unicode or hostile': ODD,
  'one odd feature name after another': aVersion({
    signature: { inputs: [{ name: 'x', datatype: 'UINT64', shape: ['N', ODD_NAMES.length] }], outputs: [] },
    metadata: { feature_names: JSON.stringify(ODD_NAMES) },
  }),
  'no inputs': aVersion({ signature: { inputs: [], outputs: [{ name: 'y', datatype: 'FP32', shape: [1] }] } }),
  'empty dimensions': odd([null, 0, 3]),
  'a fixed number of rows': odd([1, 3, 224, 224]),
};

const USES = (body: string) => `import { createClient } from './client';
const client = createClient({ url: 'http://127.0.0.1:8080' });
export async function use() {\n${body}\n}`;

/** What the compiler says of code that uses a client. */
const using = (version: ModelVersion, body: string): string[] =>
  compile({ '/client.ts': typedClient(version), '/use.ts': USES(body) });

describe('a written client', () => {
  it.each(Object.keys(MODELS))(
    'compiles in the strictest way for %s',
    (name) => {
      expect(compile({ '/client.ts': typedClient(MODELS[name] as ModelVersion) })).toEqual([]);
    },
    60_000,
  );

  it('is the same text for the same version', () => {
    expect(typedClient(FRAUD)).toBe(typedClient(structuredClone(FRAUD)));
    expect(typedClient(FRAUD)).not.toContain('<predict>');
  });

  it('says how to write it anew, and from what it was made', () => {
    const head = typedClient(FRAUD).split('\n').slice(0, 4).join('\n');
    expect(head).toContain('keelson client fraud --version 1 --out FILE');
    expect(head).toContain(FRAUD.sha256);
  });

  it('has the features of a table as an object, the class labels as a union, and 64-bit integers as bigint', () => {
    const row = `{ ${FRAUD_FEATURES.map((name) => `${name}: 1`).join(', ')} }`;
    const body = `const { predictions, modelVersion, predictionId } = await client.predict([${row}]);
      const first = predictions[0]; if (!first) throw new Error();
      const fraud: number = first.probabilities.fraud; const label: bigint = first.label;
      const version: number = modelVersion; const id: string = predictionId;
      return [fraud, label, version, id];`;
    expect(using(FRAUD, body)).toEqual([]);
  });

  it('fails to compile with a feature left out or made up, a label that is not one, a row that is too short', () => {
    const row = FRAUD_FEATURES.map((name) => `${name}: 1`).join(', ');
    const [first = ''] = FRAUD_FEATURES;
    const problems = (body: string) => using(FRAUD, body).join('\n');
    expect(problems(`await client.predict([{ ${row.replace(`${first}: 1, `, '')} }]);`)).toContain(`'${first}'`);
    expect(problems(`await client.predict([{ ${row}, madeUp: 1 }]);`)).toContain("'madeUp' does not exist");
    expect(problems(`return (await client.predict([])).predictions[0]?.probabilities.maybe;`)).toContain("'maybe'");
    expect(problems('await client.infer({ features: [[1, 2]] });')).toContain('not assignable');
  }, 60_000);

  it('has a value per row for columns, and strings and booleans as such', () => {
    const row = `{ pclass: '1', sex: 'male', embarked: 'S', age: 2, fare: 3 }`;
    const body = `const { predictions } = await client.predict([${row}]); return predictions[0]?.output_probability[1];`;
    expect(using(TITANIC, body)).toEqual([]);
    const flat = '{ shape: [1, 3], data: new Float32Array(3) }';
    const mixed = (mask: string) =>
      `await client.infer({ a: ${flat}, mask: [${mask}], k: 2n ** 60n, any: [[1], [2]] });`;
    expect(using(MIXED, mixed('[true, false, true]'))).toEqual([]);
    expect(using(MIXED, mixed('[1, 0, 1]')).join('\n')).toContain('not assignable');
  }, 60_000);

  it('has no predict where an output is not one per row, and says so', () => {
    expect(typedClient(MIXED)).toContain('There is no `predict`');
    expect(using(MIXED, 'await client.predict([]);').join('\n')).toContain("'predict' does not exist");
  });
});
