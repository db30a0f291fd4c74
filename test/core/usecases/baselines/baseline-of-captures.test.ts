import { describe, expect, it } from 'vitest';
import { captureRecord } from '../../../../core/domain/capture/capture-record.ts';
import { planRedaction, type RedactionRules } from '../../../../core/domain/capture/redaction-plan.ts';
import { readBaseline } from '../../../../core/domain/drift/profile/baseline.ts';
import { baselineOfCaptures } from '../../../../core/usecases/baselines/baseline-of-captures.ts';
import { aSpokenPrediction } from '../../../support/a-prediction.ts';
import { caughtFrom } from '../../../support/caught.ts';

const MODEL = {
  signature: {
    inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 2] }],
    outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 1] }],
  },
  metadata: { feature_names: '["amount","iban"]' },
} as const;
const START_MS = Date.UTC(2026, 5, 1);
const RULES: RedactionRules = { hash: ['iban'], drop: [] };

function line(i: number, parts: { version?: number; eventId?: string; limitBytes?: number } = {}): string {
  const inputs = [{ name: 'x', datatype: 'FP32' as const, shape: [1, 2], data: Float32Array.of(i, 7) }];
  const outputs = [{ name: 'y', datatype: 'FP32' as const, shape: [1, 1], data: Float32Array.of(i / 100) }];
  const prediction = aSpokenPrediction({
    eventId: parts.eventId ?? `event-${i}`,
    predictionId: `p-${i}`,
    // Every tenth was delivered late.
    atMs: START_MS + i * 1_000 - (i % 10 === 0 ? 5_000 : 0),
    model: { ...MODEL, service: 'fraud', version: parts.version ?? 2 },
    inputs,
    outputs,
  });
  const { limitBytes = 10_000 } = parts;
  return captureRecord(prediction, planRedaction(RULES, MODEL), { pseudonym: () => 'f00d', limitBytes }).text;
}

async function make(lines: readonly string[], span: { fromMs?: number; toMs?: number } = {}) {
  const readLines = async (take: (text: string) => void) => {
    for (const each of lines) take(each);
  };
  const { baseline: made, files } = await baselineOfCaptures({
    service: 'fraud',
    version: 2,
    model: MODEL,
    rules: RULES,
    readLines,
    ...span,
  });
  expect(readBaseline(files['profile.json'])).toEqual(made);
  return { made, constraints: files['constraints.json'] };
}

describe('baseline of captures', () => {
  it('is made of the features and answers that captures tell, in all and by windows', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => line(i + 1));
    const { made, constraints } = await make(lines);
    expect(made.plan.columns.map(({ name }) => name)).toEqual(['amount', 'y']);
    expect(made.reference).toMatchObject({ rows: 60, columns: [{ min: 1, max: 60 }, { max: Math.fround(0.6) }] });
    expect(made.history?.windows.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [START_MS + 11_000, START_MS + 35_000],
      [START_MS + 36_000, START_MS + 59_000],
    ]);
    expect(constraints).toContain('"amount"');
  });

  it('counts each event once, and passes over other versions, truncated records and what is none', async () => {
    const lines = [line(1), line(1), line(2, { version: 3 }), line(3, { limitBytes: 500 }), 'noise', line(4)];
    const { made } = await make(lines);
    expect(made.reference).toMatchObject({ rows: 2, columns: [{ sum: 5 }, {}] });
  });

  it('fails where no record can be read', async () => {
    expect((await caughtFrom(make(['noise']))).code).toBe('baseline.malformed');
  });
});
