import { describe, expect, it } from 'vitest';
import type { WatchedModel } from '../../../../core/domain/capture/model-columns.ts';
import { outcomePlaces } from '../../../../core/domain/performance/outcome-places.ts';
import { type ComparedVersion, predictedRowsReader } from '../../../../core/domain/performance/predicted-rows.ts';

const AT = '2026-06-01T12:00:00.000Z';
const input = (shape: (number | string)[] = ['N', 2], datatype = 'FP32') => ({ name: 'x', datatype, shape });
const output = (name: string, datatype: string, shape: (number | string)[] = ['N']) => ({ name, datatype, shape });

const aModel = (outputs: readonly object[], parts: Partial<WatchedModel> = {}): WatchedModel => ({
  signature: { inputs: [input()], outputs } as unknown as WatchedModel['signature'],
  metadata: { feature_names: '["amount","age"]' },
  ...parts,
});
/** As scikit-learn's classifiers are exported. */
const CLASSIFIER = aModel([output('label', 'INT64'), output('scores', 'FP32', ['N', 2])], {
  classLabels: { label: [0, 1], scores: [0, 1] },
});
const PROBABILITY = aModel([output('p', 'FP32', ['N', 1])]);

const aVersion = (parts: Partial<ComparedVersion> = {}): ComparedVersion => ({
  service: 'fraud',
  version: 3,
  model: CLASSIFIER,
  rules: { hash: [], drop: [] },
  task: { kind: 'binary', positive: 1 },
  segments: ['age'],
  ...parts,
});

const json = (value: unknown) => ({
  observedContentType: 'application/json',
  encoding: 'JSON',
  data: JSON.stringify(value),
});
const tensor = (name: string, datatype: string, shape: number[], data: unknown[]) => ({ name, datatype, shape, data });
const inputs = (...rows: [amount: number | string, age: number | string][]) =>
  json({ inputs: [tensor('x', 'FP32', [rows.length, 2], rows.flat())] });

function aLine(
  endpointOutput: unknown,
  { endpointInput = inputs([1, 30]), keelson = {} }: { endpointInput?: unknown; keelson?: object } = {},
): string {
  return JSON.stringify({
    captureData: { endpointInput, endpointOutput },
    eventMetadata: { eventId: 'event', inferenceId: 'order-1', inferenceTime: AT },
    eventVersion: '0',
    keelson: { service: 'fraud', version: 3, route: 'POST /v2/models/fraud/infer', ...keelson },
  });
}
const ROW = { id: 'order-1', row: 0, atMs: Date.parse(AT), version: 3, segments: { age: 30 } };
const answered = (...outputs: unknown[]) => json({ outputs });

describe('what labels are compared with', () => {
  it('is the class, the score of the positive one and the segments, row by row', () => {
    const line = aLine(
      answered(tensor('label', 'INT64', [2], [1, 0]), tensor('scores', 'FP32', [2, 2], [0.25, 0.75, 0.5, 0.5])),
      { endpointInput: inputs([1, 30], [2, 41]) },
    );
    expect(predictedRowsReader(aVersion())(line)).toEqual([
      { ...ROW, predicted: 1, score: 0.75 },
      { ...ROW, row: 1, predicted: 0, score: 0.5, segments: { age: 41 } },
    ]);
  });

  it('is the score of the class that is called positive, wherever it stands', () => {
    const line = aLine(answered(tensor('label', 'INT64', [1], [1]), tensor('scores', 'FP32', [1, 2], [0.25, 0.75])));
    const [row] = predictedRowsReader(aVersion({ task: { kind: 'binary', positive: '0' } }))(line);
    expect(row).toMatchObject({ predicted: 1, score: 0.25 });
  });

  it('is a class by the score where only a score is answered, in the words of the labels', () => {
    const read = (value: number, parts: Partial<ComparedVersion> = {}) =>
      predictedRowsReader(aVersion({ model: PROBABILITY, ...parts }))(
        aLine(answered(tensor('p', 'FP32', [1, 1], [value]))),
      );
    expect(read(0.5)).toMatchObject([{ predicted: 1, score: 0.5 }]);
    expect(read(0.25)).toMatchObject([{ predicted: 0, score: 0.25 }]);
    expect(read(0.25, { task: { kind: 'binary', positive: 0 } })).toMatchObject([{ predicted: 1, score: 0.25 }]);
    const labelled = aModel([output('p', 'FP32', ['N', 1])], { classLabels: { p: ['legit', 'fraud'] } });
    const fraud = { model: labelled, task: { kind: 'binary', positive: 'fraud' } } as const;
    expect(read(0.25, fraud)).toMatchObject([{ predicted: 'legit', score: 0.25 }]);
    const legit = { model: labelled, task: { kind: 'binary', positive: 'legit' } } as const;
    expect(read(0.25, legit)).toMatchObject([{ predicted: 'legit', score: 0.75 }]);
  });

  it('is the class alone where scores were not asked for', () => {
    const line = aLine(answered(tensor('label', 'INT64', [1], [1])));
    expect(predictedRowsReader(aVersion())(line)).toEqual([{ ...ROW, predicted: 1 }]);
  });

  it('is the likeliest of many classes, by its label', () => {
    const model = aModel([output('scores', 'FP32', ['N', 3])], { classLabels: { scores: ['cat', 'dog', 'owl'] } });
    const read = predictedRowsReader(aVersion({ model, task: { kind: 'multiclass' } }));
    const of = (scores: unknown[]) => read(aLine(answered(tensor('scores', 'FP32', [1, 3], scores))));
    expect(of([0.2, 0.4, 0.4])).toMatchObject([{ predicted: 'dog' }]);
    expect(of(['NaN', 0.1, 'NaN'].map((each) => (each === 'NaN' ? Number.NaN : each)))).toEqual([]);
    const unnamed = aModel([output('scores', 'FP32', ['N', 3])]);
    const plain = predictedRowsReader(aVersion({ model: unnamed, task: { kind: 'multiclass' } }));
    expect(plain(aLine(answered(tensor('scores', 'FP32', [1, 3], [0, 0, 1]))))).toMatchObject([{ predicted: 2 }]);
  });

  it('is the quantity of a regression, twice', () => {
    const model = aModel([output('y', 'FP64', ['N', 1])]);
    const read = predictedRowsReader(aVersion({ model, task: { kind: 'regression' } }));
    expect(read(aLine(answered(tensor('y', 'FP64', [1, 1], [-2.5]))))).toMatchObject([
      { predicted: -2.5, score: -2.5 },
    ]);
  });

  it('knows texts and truth values as labels say them', () => {
    const model = aModel([output('label', 'BYTES'), output('p', 'FP32', ['N', 1])]);
    const read = predictedRowsReader(aVersion({ model, task: { kind: 'binary', positive: 'fraud' } }));
    const line = aLine(answered(tensor('label', 'BYTES', [1], ['fraud']), tensor('p', 'FP32', [1, 1], [0.75])));
    expect(read(line)).toMatchObject([{ predicted: 'fraud', score: 0.75 }]);
    const boolean: WatchedModel = {
      signature: {
        inputs: [{ name: 'flag', datatype: 'BOOL', shape: ['N'] }],
        outputs: [{ name: 'label', datatype: 'BOOL', shape: ['N'] }],
      },
      metadata: {},
    };
    const readFlag = predictedRowsReader(aVersion({ model: boolean, segments: ['flag'] }));
    const flagLine = aLine(answered(tensor('label', 'BOOL', [1], [true])), {
      endpointInput: json({ inputs: [tensor('flag', 'BOOL', [1], [false])] }),
    });
    expect(readFlag(flagLine)).toEqual([{ ...ROW, predicted: true, segments: { flag: false } }]);
  });

  it('belongs to its subject: one for all rows, or one for each', () => {
    const two = { endpointInput: inputs([1, 30], [2, 41]) };
    const labels = answered(tensor('label', 'INT64', [2], [1, 0]));
    const read = predictedRowsReader(aVersion());
    const entities = (subject: unknown) =>
      read(aLine(labels, { ...two, keelson: { subject } })).map(({ entity }) => entity);
    expect(entities('a')).toEqual(['a', 'a']);
    expect(entities(['a', 'b'])).toEqual(['a', 'b']);
    expect(entities(undefined)).toEqual([undefined, undefined]);
  });

  it('is null for a segment that is missing, unknown, or was hidden before it was captured', () => {
    const labels = answered(tensor('label', 'INT64', [1], [1]));
    const read = predictedRowsReader(aVersion({ segments: ['age', 'country', 'label'] }));
    const missing = aLine(labels, {
      endpointInput: { ...inputs([1, 30]), data: inputs([1, 30]).data.replace('30', 'NaN') },
    });
    expect(read(missing)).toMatchObject([{ segments: { age: null, country: null, label: null } }]);
    const hidden = predictedRowsReader(aVersion({ rules: { hash: ['age'], drop: [] } }));
    expect(hidden(aLine(labels))).toMatchObject([{ segments: { age: null } }]);
  });

  it.each([
    ['is another version’s', { keelson: { version: 4 } }],
    ['is another service’s', { keelson: { service: 'other' } }],
    ['was withheld', { keelson: { withheld: ['card'] } }],
    ['was truncated', { keelson: { truncated: ['input'] } }],
    ['has a body that is none', { endpointInput: { ...inputs([1, 2]), data: '{' } }],
  ])('is nothing for a line that %s', (_, parts) => {
    expect(predictedRowsReader(aVersion())(aLine(answered(tensor('label', 'INT64', [1], [1])), parts))).toEqual([]);
  });

  it('is nothing for a line that is none, or an answer without what is compared', () => {
    expect(predictedRowsReader(aVersion())('{')).toEqual([]);
    const onlyOther = aLine(answered(tensor('label', 'INT64', [1], [1])));
    expect(predictedRowsReader(aVersion({ model: PROBABILITY, task: { kind: 'regression' } }))(onlyOther)).toEqual([]);
  });
});

describe('places of an outcome', () => {
  it.each([
    ['texts and scores', CLASSIFIER, 1, { classTensor: 'label', positive: { offset: 1, isComplement: false } }],
    ['two scores without labels', aModel([output('s', 'FP32', ['N', 2])]), 'x', { positive: { offset: 1 } }],
    [
      'a width that labels tell',
      aModel([output('s', 'FP32', ['N', 'C'])], { classLabels: { s: ['a', 'b', 'c'] } }),
      'b',
      { positive: { offset: 1, isComplement: false } },
    ],
    ['one score', PROBABILITY, 'x', { positive: { offset: 0, isComplement: false } }],
  ] as const)('are found for %s', (_, model, positive, expected) => {
    expect(outcomePlaces(model, { kind: 'binary', positive })).toMatchObject(expected);
  });

  it('are those of a class alone, or of whole numbers for a quantity', () => {
    const counts = aModel([output('n', 'INT64')]);
    expect(outcomePlaces(counts, { kind: 'binary', positive: 1 })).toEqual({ classTensor: 'n' });
    expect(outcomePlaces(counts, { kind: 'regression' })).toEqual({ scores: { tensor: 'n', classes: undefined } });
    expect(outcomePlaces(aModel([]), { kind: 'regression' })).toEqual({});
  });
});
