import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { createPredictionCapture, type Offer } from '../../../core/usecases/capture-predictions.ts';
import { reportCaptures } from '../../../lambdas/infer/report-captures.ts';
import { EVENT_TIME, type EventParts } from '../../support/http-event.ts';
import { memoryCaptureSpill } from '../../support/memory-capture-spill.ts';
import { openInfer } from './infer-fixture.ts';

const BODY = '{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1.5,NaN]}]}';
const INFER = 'POST /v2/models/fraud/infer';
const INVOKE = 'POST /endpoints/fraud/invocations';

/** An inference function whose captures a test sees. */
async function openCapturing(parts: { subjectHeader?: string; change?: object; run?: () => never } = {}) {
  const { subjectHeader, ...more } = parts;
  const offers: Offer[] = [];
  const predictions = {
    offer: async (offer: Offer) => void offers.push(offer),
    counters: () => expect.unreachable(),
    flush: async () => undefined,
  };
  const opened = await openInfer({ ...more, capture: { predictions, subjectHeader, countFailure: () => undefined } });
  const captured = async (route: string, event: EventParts) => {
    const answer = await opened.call(route, event);
    expect(answer.status).toBe(200);
    const [offer, ...others] = offers.splice(0);
    expect(others).toEqual([]);
    return { answer, offer: offer as Offer };
  };
  return { ...opened, offers, captured };
}

describe('capturing what the function answers', () => {
  it('takes body and answer as they went over the wire, by the Open Inference Protocol', async () => {
    const { captured } = await openCapturing();
    const { answer, offer } = await captured(INFER, { body: BODY });
    expect(offer.request()).toEqual({ contentType: 'application/json', encoding: 'JSON', data: BODY });
    expect(offer.response()).toEqual({ contentType: 'application/json', encoding: 'JSON', data: answer.text });
    expect(offer).toMatchObject({
      predictionId: answer.headers['x-keelson-prediction-id'],
      atMs: EVENT_TIME,
      model: { service: 'fraud', version: 2 },
      variant: 'champion',
      route: INFER,
    });
    expect(offer.inputs[0]?.data).toEqual(Float32Array.of(1.5, Number.NaN));
    expect(offer.outputs[0]).toMatchObject({ name: 'y', shape: [1, 2] });
  });

  it('takes CSV as CSV, in and out, under the id that the caller gave', async () => {
    const { captured } = await openCapturing();
    const headers = { 'content-type': 'text/csv', 'x-amzn-sagemaker-inference-id': 'mine' };
    const { answer, offer } = await captured(INVOKE, { body: '1.5,2\n3,4\n', headers });
    expect(offer.request()).toEqual({ contentType: 'text/csv', encoding: 'CSV', data: '1.5,2\n3,4\n' });
    expect(offer.response()).toEqual({ contentType: 'text/csv; charset=utf-8', encoding: 'CSV', data: answer.text });
    expect(offer).toMatchObject({ predictionId: 'mine', route: INVOKE });
  });

  it('says so where the caller named the version', async () => {
    const { captured } = await openCapturing();
    const { offer } = await captured('POST /v2/models/fraud/versions/1/infer', { body: BODY });
    expect(offer).toMatchObject({ variant: 'pinned', model: { version: 1 } });
  });

  it('expands what came compressed', async () => {
    const { captured } = await openCapturing();
    const { offer } = await captured(INFER, { body: gzipSync(BODY), headers: { 'content-encoding': 'gzip' } });
    expect(offer.request().data).toBe(BODY);
  });

  it('reads the subject where the service names a header', async () => {
    const { captured } = await openCapturing({ subjectHeader: 'x-customer' });
    const { offer } = await captured(INFER, { body: BODY, headers: { 'x-customer': 'c-17' } });
    expect(offer.subject).toBe('c-17');
  });

  it('reads the caller’s route key', async () => {
    const { captured } = await openCapturing();
    const { offer } = await captured(INFER, { body: BODY, headers: { 'x-keelson-route-key': 'c-17' } });
    expect(offer.routeKey).toBe('c-17');
  });

  it('takes neither failures nor questions about the model for predictions', async () => {
    const { call, offers } = await openCapturing();
    expect((await call(INFER, { body: '{' })).status).toBe(400);
    expect((await call('POST /v2/models/none/infer', { body: BODY })).status).toBe(404);
    expect((await call('GET /v2/models/fraud')).status).toBe(200);
    expect((await call('GET /v2/models/fraud/ready')).status).toBe(200);
    expect(offers).toEqual([]);
  });
});

describe('a sink that is away', () => {
  it.each([
    ['never answers', () => new Promise<never>(() => undefined)],
    ['fails', async (lines: readonly string[]) => ({ refused: lines, error: new Error('down') })],
    ['throws', () => Promise.reject(new Error('a bug'))],
  ])('neither fails nor holds up a prediction where it %s', async (_, put) => {
    const predictions = createPredictionCapture({
      rules: { hash: [], drop: [], samplingRate: 1, waitMs: 20 },
      service: 'fraud',
      sink: { put },
      recent: { tell: () => Promise.reject(new Error('down')) },
      spill: memoryCaptureSpill(),
      pseudonym: () => expect.unreachable(),
      recordLimitBytes: 1_000 * 1024,
      monotonicMs: () => performance.now(),
      sleep: (ms) => sleep(ms, undefined, { ref: false }),
      report: () => undefined,
      onFault: () => undefined,
    });
    const { call } = await openInfer({ capture: { predictions, countFailure: () => undefined } });
    for (let i = 0; i < 100; i += 1) expect((await call(INFER, { body: BODY })).status).toBe(200);
    const { served, captured, spilled, lost, waiting } = predictions.counters();
    expect({ served, captured, lost }).toEqual({ served: 100, captured: 0, lost: 0 });
    expect(spilled + waiting).toBe(100);
  });
});

describe('the report of captures', () => {
  it('is one line of the embedded metric format, with every counter beside the metrics', () => {
    const write = vi.fn();
    const counters = {
      served: 10,
      captured: 3,
      sampledOut: 4,
      spilled: 2,
      lost: 1,
      waiting: 0,
      replayed: 1,
      truncated: 0,
    };
    reportCaptures('fraud', { now: () => EVENT_TIME, write })(counters);
    const [line] = write.mock.calls[0] as [string];
    expect(line).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: EVENT_TIME,
        CloudWatchMetrics: [
          {
            Namespace: 'Keelson',
            Dimensions: [['service']],
            Metrics: [
              { Name: 'capturesSpilled', Unit: 'Count' },
              { Name: 'capturesLost', Unit: 'Count' },
            ],
          },
        ],
      },
      service: 'fraud',
      capturesSpilled: 2,
      capturesLost: 1,
      captures: counters,
    });
  });
});
