import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../core/domain/errors.ts';
import { openInfer } from './infer-fixture.ts';

const VERSION = 'x-keelson-model-version';
const ID = 'x-keelson-prediction-id';
const ROUTE_KEY = 'x-keelson-route-key';

/** The four ways to predict, each with a good body and one that the model does not take. */
const PREDICTIONS = [
  {
    route: 'POST /v2/models/fraud/infer',
    good: '{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}]}',
    wrong: '{"inputs":[{"name":"z","shape":[1,2],"datatype":"FP32","data":[1,2]}]}',
  },
  { route: 'POST /endpoints/fraud/invocations', good: '[[1,2]]', wrong: '[[1,2,3]]' },
  { route: 'POST /v1/models/fraud:predict', good: '{"instances":[[1,2]]}', wrong: '{"instances":[[1,2,3]]}' },
  { route: 'POST /models/fraud/invocations', good: '{"inputs":[[1,2]]}', wrong: '{"inputs":[[1,2,3]]}' },
];
const broken = () => {
  throw new PlatformError('infer.model_failed', { message: 'no', details: { service: 'fraud', version: 2 } });
};

describe.each(PREDICTIONS)('the headers of answers to $route', ({ route, good, wrong }) => {
  it.each([
    ['of an answer', good, 200],
    ['of a refusal of the model’s input', wrong, 400],
  ])('name version and prediction: %s', async (_what, body, status) => {
    const { call } = await openInfer();
    const answer = await call(route, { body, headers: { [ID]: 'mine' } });
    expect([answer.status, answer.headers[VERSION], answer.headers[ID]]).toEqual([status, '2', 'mine']);
    expect((await call(route, { body })).headers[ID]).toBe('fresh-id');
  });

  it('name both where the model fails', async () => {
    const { call } = await openInfer({ run: broken });
    const { status, headers } = await call(route, { body: good });
    expect(status).toBeGreaterThanOrEqual(424);
    expect(headers).toMatchObject({ [VERSION]: '2', [ID]: 'fresh-id' });
  });

  it('name the prediction where the body cannot be read, so that no version was asked', async () => {
    const { call } = await openInfer();
    const { status, headers } = await call(route, { body: '{', headers: { [ID]: 'mine' } });
    expect(status).toBe(400);
    expect(headers).toMatchObject({ [ID]: 'mine' });
    expect(headers).not.toHaveProperty(VERSION);
  });

  it('name a fresh prediction where the caller’s id cannot be carried back', async () => {
    const { call } = await openInfer();
    expect(await call(route, { body: good, headers: { [ID]: 'ä' } })).toMatchObject({
      status: 400,
      headers: { [ID]: 'fresh-id' },
    });
  });

  it('take a key by which traffic is split', async () => {
    const { call } = await openInfer();
    const answer = await call(route, { body: good, headers: { [ROUTE_KEY]: 'customer-17' } });
    expect([answer.status, answer.headers[VERSION]]).toEqual([200, '2']);
  });

  it.each([
    ['is empty', ''],
    ['has a space', 'a b'],
    ['is not ASCII', 'ä'],
    ['is longer than 256 characters', 'k'.repeat(257)],
  ])('fail for a key that %s', async (_what, key) => {
    const { call } = await openInfer();
    const answer = await call(route, { body: good, headers: { [ROUTE_KEY]: key } });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(`${ROUTE_KEY} must be 1 to 256`)]);
  });
});

describe('the headers of other answers', () => {
  it('name no prediction where none was asked for', async () => {
    const { call } = await openInfer();
    for (const route of ['GET /v2/models/nobody', 'GET /v2/models/fraud', 'GET /v1/models/nobody/metadata']) {
      expect((await call(route)).headers).not.toHaveProperty(ID);
    }
  });

  it('name a fresh id where the Open Inference Protocol’s is empty', async () => {
    const { call } = await openInfer();
    const body = '{"id":"","inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}]}';
    const answer = await call('POST /v2/models/fraud/infer', { body });
    expect([answer.status, answer.headers[ID], answer.json()['id']]).toEqual([200, 'fresh-id', '']);
  });

  it('name the id that the Open Inference Protocol has in its body, also where the rest is wrong', async () => {
    const { call } = await openInfer();
    const body = '{"id":"in-body","inputs":[]}';
    const answer = await call('POST /v2/models/fraud/infer', { body, headers: { [ID]: 'in-header' } });
    expect([answer.status, answer.headers[ID]]).toEqual([400, 'in-body']);
  });
});
