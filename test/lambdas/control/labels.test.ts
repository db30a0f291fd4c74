import { describe, expect, it } from 'vitest';
import { LabelReport } from '../../../core/contracts/labels.ts';
import { LABELS_LIMIT } from '../../../core/contracts/limits.ts';
import { aDraft } from '../../support/a-version.ts';
import { EVENT_TIME } from '../../support/http-event.ts';
import { openControl } from './control-fixture.ts';

const AT = '2026-06-01T11:00:00Z';

async function openLabels(slept?: (ms: number) => void) {
  const control = await openControl(slept && { slept });
  await control.labels.add('fraud', [
    { id: 'order-1', atMs: EVENT_TIME },
    { id: 'order-2', atMs: EVENT_TIME - 3_600_000 },
  ]);
  const post = (labels: unknown, service = 'fraud') =>
    control.onService('POST', '/labels', { body: JSON.stringify(labels) }, service);
  return { ...control, post };
}

const NOTHING = { accepted: 0, corrected: 0, duplicate: 0, outdated: 0, unknown: 0, unknownIds: [] };

describe('labels', () => {
  it('are accepted, found to be duplicates or of no known prediction, and each is counted', async () => {
    const { post } = await openLabels();
    const labels = [
      { id: 'order-1', label: 1, at: AT },
      { id: 'order-2', label: 'legit', at: AT },
      { id: 'order-1', label: 1, at: AT },
      { id: 'never', label: 0, at: AT },
    ];
    const first = await post(labels);
    expect(first.status).toBe(200);
    expect(LabelReport.parse(first.json)).toEqual({
      ...NOTHING,
      service: 'fraud',
      received: 4,
      accepted: 2,
      duplicate: 1,
      unknown: 1,
      unknownIds: ['never'],
    });
    expect((await post(labels)).json).toMatchObject({ received: 4, accepted: 0, duplicate: 3, unknown: 1 });
  });

  it('may come out of order: the later one counts, and both corrections and what is outdated are told', async () => {
    const { post, labels } = await openLabels();
    await post([{ id: 'order-1', label: 0, at: AT }]);
    const corrected = await post([
      { id: 'order-1', label: 1, at: '2026-06-01T12:00:00+01:00', row: 0 },
      { id: 'order-1', label: 1, at: '2026-06-01T14:00:00+01:00' },
    ]);
    expect(corrected.json).toMatchObject({ accepted: 1, corrected: 1, duplicate: 1 });
    const late = await post([{ id: 'order-1', label: 0, at: '2026-06-01T12:59:59Z' }]);
    expect(late.json).toMatchObject({ accepted: 0, duplicate: 0, outdated: 1, unknown: 0 });
    expect(await labels.find('fraud', [{ id: 'order-1', row: 0 }])).toMatchObject([{ value: 1 }]);
  });

  it('tell which hours of predictions are worth another look, also when they are told again after a failure', async () => {
    const { post, labels } = await openLabels();
    const keepMarks = labels.markHours;
    Object.assign(labels, { markHours: () => Promise.reject(new Error('down')) });
    const both = [
      { id: 'order-1', label: 1, at: AT },
      { id: 'order-2', label: 1, at: AT },
      { id: 'never', label: 1, at: AT },
    ];
    expect((await post(both)).status).toBe(500);
    Object.assign(labels, { markHours: keepMarks });
    expect((await post(both)).json).toMatchObject({ duplicate: 2, unknown: 1 });
    const hours = await labels.labelledHours('fraud', { from: '2026-06-01T00', to: '2026-06-02T00' });
    expect(hours.map(({ hour }) => hour)).toEqual(['2026-06-01T11', '2026-06-01T12']);
  });

  it('of no known prediction are kept, and are its labels should it appear', async () => {
    const { post, labels } = await openLabels();
    expect((await post([{ id: 'soon', label: 1, at: AT }])).json).toMatchObject({ unknown: 1 });
    await labels.add('fraud', [{ id: 'soon', atMs: EVENT_TIME }]);
    expect((await post([{ id: 'soon', label: 1, at: AT }])).json).toMatchObject({ unknown: 0, duplicate: 1 });
  });

  it('of a prediction that was answered a moment ago find it, by a second look', async () => {
    const waits: number[] = [];
    const { post, labels } = await openLabels((ms) => {
      waits.push(ms);
      void labels.tell('fraud', [{ id: 'new', atMs: EVENT_TIME }]);
    });
    const both = [
      { id: 'new', label: 1, at: AT },
      { id: 'order-1', label: 1, at: AT },
    ];
    expect((await post(both)).json).toMatchObject({ accepted: 2, unknown: 0 });
    expect(waits).toEqual([1_500]);
    const hours = await labels.labelledHours('fraud', { from: '2026-06-01T00', to: '2026-06-02T00' });
    expect(hours).toMatchObject([{ labels: 2 }]);
  });

  it('are looked for once where all are known, and where many come, which tell of long ago', async () => {
    const waits: number[] = [];
    const { post } = await openLabels((ms) => void waits.push(ms));
    await post([{ id: 'order-1', label: 1 }]);
    await post(Array.from({ length: 101 }, (_, index) => ({ id: `old-${index}`, label: 1 })));
    expect(waits).toEqual([]);
  });

  it('take the time of the request where they name none', async () => {
    const { post, labels } = await openLabels();
    await post([{ id: 'order-1', label: true }]);
    expect(await labels.find('fraud', [{ id: 'order-1', row: 0 }])).toEqual([
      { id: 'order-1', row: 0, value: true, atMs: EVENT_TIME },
    ]);
  });

  it.each([
    ['no list', { id: 'order-1', label: 1 }, 'send a list'],
    ['no label at all', [], 'at least one'],
    ['too many', Array.from({ length: LABELS_LIMIT + 1 }, () => ({ id: 'a', label: 1 })), 'at most 1000'],
    [
      'an empty id',
      [
        { id: 'a', label: 1 },
        { id: '', label: 1 },
      ],
      '1.id: a prediction id',
    ],
    ['no value', [{ id: 'a', label: null }], '0.label: a label is'],
    ['a list for a value', [{ id: 'a', label: [1] }], '0.label: a label is'],
    [
      'a time that is none',
      [
        { id: 'a', label: 1 },
        { id: 'b', label: 1, at: 'yesterday' },
      ],
      '1.at: a time is written',
    ],
    ['a time without a zone', [{ id: 'a', label: 1, at: '2026-06-01T12:00:00' }], '0.at'],
    ['a negative row', [{ id: 'a', label: 1, row: -1 }], '0.row'],
    ['a field that there is not', [{ id: 'a', label: 1, weight: 2 }], 'weight'],
  ])('fail as a whole for %s, naming which', async (_, labels, problem) => {
    const { post } = await openLabels();
    const { status, json } = await post(labels);
    expect([status, json['code']]).toEqual([400, 'request.invalid']);
    expect(json['error']).toContain(problem);
  });

  it('fail for a service that there is not, and for one whose predictions are not captured', async () => {
    const { post, registry } = await openLabels();
    const labels = [{ id: 'order-1', label: 1 }];
    expect(await post(labels, 'none')).toMatchObject({ status: 404, json: { code: 'registry.service_not_found' } });
    await registry.appendVersion(aDraft({ service: 'pooled' }));
    const refused = await post(labels, 'pooled');
    expect(refused).toMatchObject({
      status: 409,
      json: { code: 'labels.not_captured', details: { service: 'pooled' } },
    });
    expect(refused.json['error']).toContain('capture');
  });
});
