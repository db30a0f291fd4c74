import { describe, expect, it } from 'vitest';
import { captureRecord } from '../../../../core/domain/capture/capture-record.ts';
import { mergeTallies } from '../../../../core/domain/capture/capture-tally.ts';
import { type CountedVersion, captureCounter } from '../../../../core/domain/capture/count-captures.ts';
import { modelColumns, type WatchedModel } from '../../../../core/domain/capture/model-columns.ts';
import { planRedaction, type RedactionRules } from '../../../../core/domain/capture/redaction-plan.ts';
import { emptyProfile, mergeProfiles } from '../../../../core/domain/drift/profile/merge-profiles.ts';
import type { ProfilePlan } from '../../../../core/domain/drift/profile/profile.ts';
import type { Tensor } from '../../../../core/domain/inference/tensor.ts';
import type { Offer } from '../../../../core/usecases/capture-predictions.ts';
import { openInfer } from '../../../lambdas/infer/infer-fixture.ts';
import type { EventParts } from '../../../support/http-event.ts';

const HOUR_MS = 3_600_000;
const NO_RULES: RedactionRules = { hash: [], drop: [] };

const MODEL: WatchedModel = {
  signature: {
    inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 2] }],
    outputs: [
      { name: 'label', datatype: 'BYTES', shape: ['N'] },
      { name: 'scores', datatype: 'FP32', shape: ['N', 2] },
    ],
  },
  metadata: { feature_names: '["amount","age"]' },
  classLabels: { label: ['legit', 'fraud'], scores: ['legit', 'fraud'] },
};

const PLAN: ProfilePlan = {
  columns: [
    { name: 'amount', kind: 'numeric', role: 'feature', edges: [0.1, 5] },
    { name: 'age', kind: 'numeric', role: 'feature', edges: [30] },
    { name: 'label', kind: 'category', role: 'prediction', categories: ['legit'] },
    { name: 'scores[1]', kind: 'numeric', role: 'prediction', edges: [0.5] },
  ],
  correlated: ['amount', 'age'],
};

/** `fraud` where the amount is 5 and more. */
function answer(inputs: readonly Tensor[], outputs: readonly string[]): Tensor[] {
  const data = inputs[0]?.data as Float32Array;
  const rows = data.length / 2;
  const isFraud = Array.from({ length: rows }, (_, row) => (data[2 * row] as number) >= 5);
  const all: Tensor[] = [
    { name: 'label', datatype: 'BYTES', shape: [rows], data: isFraud.map((each) => (each ? 'fraud' : 'legit')) },
    {
      name: 'scores',
      datatype: 'FP32',
      shape: [rows, 2],
      data: Float32Array.from(isFraud.flatMap((each) => (each ? [0.1, 0.9] : [0.8, 0.2]))),
    },
  ];
  return outputs.map((name) => all.find((tensor) => tensor.name === name) as Tensor);
}

/** Lines as the platform captures them. */
async function capture(route: string, parts: EventParts, rules: RedactionRules = NO_RULES, limitBytes = 1_000_000) {
  const offers: Offer[] = [];
  const predictions = {
    offer: async (offer: Offer) => void offers.push(offer),
    counters: () => expect.unreachable(),
    flush: async () => undefined,
  };
  const { call } = await openInfer({
    signature: structuredClone(MODEL.signature) as never,
    metadata: MODEL.metadata,
    run: answer,
    capture: { countFailure: () => undefined, predictions },
  });
  const { status, text } = await call(route, parts);
  expect([status, text]).toEqual([200, text]);
  return captureRecord(offers[0] as Offer, planRedaction(rules, MODEL), { pseudonym: () => 'f00d', limitBytes }).text;
}

const versionOf = (parts: Partial<CountedVersion> = {}): CountedVersion => ({
  service: 'fraud',
  version: 2,
  model: MODEL,
  plan: PLAN,
  reference: emptyProfile(PLAN),
  rules: NO_RULES,
  ...parts,
});

function countLines(lines: readonly string[], parts: Partial<CountedVersion> = {}) {
  const counter = captureCounter(versionOf(parts), { windowMs: HOUR_MS });
  for (const line of lines) counter.addLine(line);
  return counter.counts();
}

const json = (value: unknown): EventParts => ({ body: JSON.stringify(value) });
const csv = (body: string): EventParts => ({ body, headers: { 'content-type': 'text/csv' } });
const INVOKE = 'POST /endpoints/fraud/invocations';
const SCORE = 'POST /models/fraud/invocations';
const INFER = 'POST /v2/models/fraud/infer';
const PREDICT = 'POST /v1/models/fraud:predict';
const TENSOR = { name: 'x', datatype: 'FP32', shape: [2, 2], data: [0.1, 20, 7, 40] };

function binary(): EventParts {
  const head = JSON.stringify({
    inputs: [{ name: 'x', datatype: 'FP32', shape: [2, 2], parameters: { binary_data_size: 16 } }],
    parameters: { binary_data_output: true },
  });
  const bytes = new Uint8Array(Float32Array.from(TENSOR.data).buffer);
  return {
    body: Buffer.concat([Buffer.from(head), bytes]),
    headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(head.length) },
  };
}

const raw = (): EventParts => ({
  body: Buffer.from(Float32Array.from(TENSOR.data).buffer),
  headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': '0' },
});

const PROTOCOLS: readonly (readonly [string, string, EventParts])[] = [
  ['Open Inference JSON', INFER, json({ inputs: [TENSOR] })],
  ['Open Inference in binary', INFER, binary()],
  ['Open Inference as raw bytes', INFER, raw()],
  ['Open Inference behind SageMaker', INVOKE, json({ inputs: [TENSOR] })],
  ['SageMaker CSV', INVOKE, csv('0.1,20\n7,40\n')],
  ['SageMaker JSON', INVOKE, json({ instances: [[0.1, 20], { features: [7, 40] }] })],
  [
    'SageMaker JSON without a name',
    INVOKE,
    json([
      [0.1, 20],
      [7, 40],
    ]),
  ],
  [
    'SageMaker JSON Lines',
    INVOKE,
    { body: '[0.1,20]\n{"features":[7,40]}\n', headers: { 'content-type': 'application/jsonlines' } },
  ],
  ['TensorFlow Serving rows', PREDICT, json({ instances: [{ x: [0.1, 20] }, { x: [7, 40] }] })],
  [
    'TensorFlow Serving columns',
    PREDICT,
    json({
      inputs: [
        [0.1, 20],
        [7, 40],
      ],
    }),
  ],
  [
    'MLflow split frame',
    SCORE,
    json({
      dataframe_split: {
        columns: ['age', 'amount'],
        data: [
          [20, 0.1],
          [40, 7],
        ],
      },
    }),
  ],
  [
    'MLflow records',
    SCORE,
    json({
      dataframe_records: [
        { amount: 0.1, age: 20 },
        { amount: 7, age: 40 },
      ],
    }),
  ],
  ['MLflow CSV', SCORE, csv('age,amount\n20,0.1\n40,7\n')],
  [
    'MLflow tensors',
    SCORE,
    json({
      inputs: {
        x: [
          [0.1, 20],
          [7, 40],
        ],
      },
    }),
  ],
];

describe('counting captures', () => {
  it.each(PROTOCOLS)('reads features and predictions of %s', async (_, route, parts) => {
    const [window, ...others] = countLines([await capture(route, parts)]);
    expect(others).toEqual([]);
    expect(window?.tally).toMatchObject({ records: 1, rows: 2, unreadable: 0, duplicateRows: 0 });
    expect(window?.profile.rows).toBe(2);
    const [amount, age, label, score] = window?.profile.columns ?? [];
    // 0.1 lies in its bin although single precision holds another number: edges are rounded alike where the baseline is made.
    expect(amount).toMatchObject({ bins: [0, 1, 1], min: Math.fround(0.1), max: 7, missing: 0 });
    expect(age).toMatchObject({ bins: [1, 1], sum: 60 });
    expect(label).toEqual({ kind: 'category', missing: 0, counts: [1], unseen: 1 });
    expect(score).toMatchObject({ bins: [1, 1], min: Math.fround(0.2), max: Math.fround(0.9) });
  });

  it.each(PROTOCOLS)('tells nothing of what %s were captured without', async (_, route, parts) => {
    const rules = { hash: ['amount'], drop: ['scores'] };
    const [window] = countLines([await capture(route, parts, rules)], { rules });
    const [amount, age, label, score] = window?.profile.columns ?? [];
    expect(window?.tally).toMatchObject({ records: 1, rows: 2, unreadable: 0 });
    expect([amount, score]).toEqual([emptyProfile(PLAN).columns[0], emptyProfile(PLAN).columns[3]]);
    expect(age).toMatchObject({ bins: [1, 1] });
    expect(label).toMatchObject({ counts: [1], unseen: 1 });
  });

  it('tells nothing of an output that was not asked for', async () => {
    const body = { inputs: [TENSOR], outputs: [{ name: 'label' }] };
    const [window] = countLines([await capture(INFER, json(body))]);
    expect(window?.profile.columns[3]).toEqual(emptyProfile(PLAN).columns[3]);
    expect(window?.profile.columns[2]).toMatchObject({ counts: [1], unseen: 1 });
  });

  it('counts NaN as missing and infinity as out of range', async () => {
    const body = '{"inputs":[{"name":"x","datatype":"FP32","shape":[2,2],"data":[NaN,20,Infinity,40]}]}';
    const [window] = countLines([await capture(INFER, { body })]);
    expect(window?.profile.columns[0]).toMatchObject({ missing: 1, infinite: 1, bins: [0, 0, 0] });
  });

  it('counts a record once that an object holds twice, and rows that are equal', async () => {
    const line = await capture(INFER, json({ inputs: [TENSOR] }));
    const twin = line.replace(/"eventId":"[^"]*"/, '"eventId":"another"');
    const [window] = countLines([line, line, twin]);
    expect(window?.tally).toMatchObject({ records: 2, rows: 4, repeated: 1, duplicateRows: 2 });
  });

  it('counts by the hour in which predictions were made', async () => {
    const line = await capture(INFER, json({ inputs: [TENSOR] }));
    const at = (time: string) =>
      line
        .replace(/"inferenceTime":"[^"]*"/, `"inferenceTime":"${time}"`)
        .replace(/"eventId":"[^"]*"/, `"eventId":"${time}"`);
    const windows = countLines(
      ['2026-06-01T13:00:00.000Z', '2026-06-01T12:59:59.999Z', '2026-06-01T13:59:59.999Z'].map(at),
    );
    expect(windows.map(({ fromMs, tally }) => [new Date(fromMs).toISOString(), tally.rows])).toEqual([
      ['2026-06-01T12:00:00.000Z', 2],
      ['2026-06-01T13:00:00.000Z', 4],
    ]);
  });

  it('passes over other versions, other services and what is no record', async () => {
    const line = await capture(INFER, json({ inputs: [TENSOR] }));
    expect(countLines(['', '{', 'null', '{"captureData":{}}'])).toEqual([]);
    expect(countLines([line], { version: 3 })).toEqual([]);
    expect(countLines([line], { service: 'churn' })).toEqual([]);
  });

  it('says how many records tell nothing: withheld, truncated, unreadable', async () => {
    const rules = { hash: ['no such field'], drop: [] };
    const withheld = await capture(INFER, json({ inputs: [TENSOR] }), rules);
    const truncated = await capture(INFER, json({ inputs: [TENSOR] }), NO_RULES, 600);
    const whole = await capture(INFER, json({ inputs: [TENSOR] }));
    const broken = whole
      .replace('\\"shape\\":[2,2]', '\\"shape\\":[9,2]')
      .replace(/"eventId":"[^"]*"/, '"eventId":"b"');
    const odd = whole.replace(/"data":"\{[^}]*\}\]\}"/, '"data":"17"').replace(/"eventId":"[^"]*"/, '"eventId":"c"');
    const tallies = [withheld, truncated, broken, odd].map((line) => countLines([line])[0]?.tally);
    expect(tallies.map((tally) => [tally?.withheld, tally?.truncated, tally?.unreadable, tally?.rows])).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 1, 0],
    ]);
    expect(mergeTallies(...tallies.map((tally) => tally as NonNullable<typeof tally>))).toMatchObject({
      records: 4,
      withheld: 1,
      truncated: 1,
      unreadable: 2,
    });
  });

  it('adds up over objects', async () => {
    const lines = await Promise.all(
      [1, 2, 3].map((i) => capture(INFER, json({ inputs: [{ ...TENSOR, data: [i, i, i, i] }] }))),
    );
    const [a, b, c] = lines.map((line, i) => line.replace(/"eventId":"[^"]*"/, `"eventId":"${i}"`)) as [
      string,
      string,
      string,
    ];
    const [whole] = countLines([a, b, c]);
    const parts = [[a], [b, c]].map((each) => countLines(each)[0]?.profile);
    expect(mergeProfiles(...(parts as [never, never]))).toEqual(whole?.profile);
  });
});

describe('columns of a model', () => {
  it('are named by features, labels and scores', () => {
    const { columns, notes } = modelColumns(MODEL);
    expect(columns.map(({ name, kind, role }) => [name, kind, role])).toEqual([
      ['amount', 'numeric', 'feature'],
      ['age', 'numeric', 'feature'],
      ['label', 'category', 'prediction'],
      ['scores[1]', 'numeric', 'prediction'],
    ]);
    expect(notes).toEqual([]);
  });

  const of = (inputs: WatchedModel['signature']['inputs'], outputs: WatchedModel['signature']['outputs'], more = {}) =>
    modelColumns({ signature: { inputs, outputs }, metadata: {}, ...more });
  const score = { name: 'y', datatype: 'FP32', shape: ['N', 1] } as const;

  it('are numbered where nobody names them, and called as their tensor where they are one', () => {
    const inputs = [
      { name: 'a', datatype: 'INT64', shape: ['N', 1] },
      { name: 'b', datatype: 'BOOL', shape: ['N', 2] },
    ] as const;
    expect(of(inputs, [score]).columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'a numeric',
      'b[0] category',
      'b[1] category',
      'y numeric',
    ]);
  });

  it('have names apart where an output is called as an input is', () => {
    const names = of([{ name: 'y', datatype: 'FP32', shape: ['N'] }], [score]).columns.map(({ name }) => name);
    expect(names).toEqual(['y', 'output y']);
  });

  it('keep both of two outputs that are no scores of classes', () => {
    const names = of([score], [{ name: 'z', datatype: 'FP32', shape: ['N', 2] }]).columns.map(({ name }) => name);
    expect(names).toEqual(['y', 'z[0]', 'z[1]']);
  });

  it('are as many as the names where the model does not say how many', () => {
    const signature = { inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', null] }], outputs: [score] } as const;
    const model = { signature, metadata: {} };
    expect(modelColumns(model, ['a', 'b', 'c']).columns.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'y']);
    expect(modelColumns(model).notes).toEqual([
      '"x" is not watched: the model does not say how many elements a row of it has',
    ]);
  });

  it('are none of images and of thousands of classes', () => {
    const { columns, notes } = of(
      [{ name: 'image', datatype: 'UINT8', shape: ['N', 224, 224, 3] }],
      [{ name: 'p', datatype: 'FP32', shape: ['N', 1_000] }],
    );
    expect(columns).toEqual([]);
    expect(notes).toHaveLength(2);
  });
});
