import { describe, expect, it } from 'vitest';
import { StatisticsAnswer } from '../../../core/contracts/open-inference.ts';
import { modelFailed } from '../../support/fake-runtime.ts';
import { EVENT_TIME } from '../../support/http-event.ts';
import { openInfer } from './infer-fixture.ts';

const INFER = 'POST /v2/models/fraud/infer';
const body = (rows: number) =>
  JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [rows, 2], data: new Array(rows * 2).fill(1) }] });

describe('the model repository extension', () => {
  it('brings a model into memory and gives the memory back, without taking it out of service', async () => {
    const { call, loads, releases } = await openInfer();
    expect(await call('POST /v2/repository/models/fraud/load')).toMatchObject({ status: 200, text: '{}' });
    expect([loads(), releases()]).toEqual([1, 0]);
    await call('POST /v2/repository/models/fraud/load', { body: '{"parameters":{"config":"{}"}}' });
    expect(loads()).toBe(1);
    const unloaded = await call('POST /v2/repository/models/fraud/unload');
    expect(unloaded).toMatchObject({ status: 200, text: '{}', headers: { 'x-keelson-model-version': '2' } });
    expect([loads(), releases()]).toEqual([1, 1]);
    await call('POST /v2/repository/models/fraud/unload', { body: '{"parameters":{"unload_dependents":true}}' });
    expect(releases()).toBe(1);
    expect((await call(INFER, { body: body(1) })).status).toBe(200);
    expect(loads()).toBe(2);
  });

  it.each([
    { route: 'POST /v2/repository/models/nobody/load', body: '', status: 404 },
    { route: 'POST /v2/repository/models/nobody/unload', body: '', status: 404 },
    { route: 'POST /v2/repository/models/unused/load', body: '', status: 503 },
    { route: 'POST /v2/repository/models/fraud/reload', body: '', status: 404 },
    { route: 'POST /v2/repository/models/fraud/load', body: '[', status: 400 },
    { route: 'POST /v2/repository/models/fraud/load', body: '1', status: 400 },
  ])('fails for $route with $status', async ({ route, body, status }) => {
    const { call } = await openInfer();
    const answer = await call(route, { body });
    expect(answer.status).toBe(status);
    expect(answer.json()).toEqual({ error: expect.stringMatching(/./), code: expect.stringMatching(/\./) });
  });
});

describe('the statistics extension', () => {
  it('counts what the process has answered, by version, and says that it is one process', async () => {
    let fails = false;
    const { call } = await openInfer({
      run: ([x], names) => (fails ? Promise.reject(modelFailed('fraud', 2)) : names.map((name) => ({ ...x!, name }))),
    });
    for (const rows of [1, 1, 64]) await call(INFER, { body: body(rows) });
    await call('POST /v2/models/fraud/versions/3/infer', { body: body(2) });
    await call('POST /endpoints/fraud/invocations', { body: '[[1,2]]' });
    await call(INFER, { body: body(1).replace('FP32', 'INT8') });
    fails = true;
    await call(INFER, { body: body(1) });

    const read = async (route: string) => StatisticsAnswer.parse((await call(route)).json());
    const all = await read('GET /v2/models/stats');
    expect(all).toMatchObject({ scope: 'process', since: new Date(EVENT_TIME).toISOString() });
    const [champion, third] = all.model_stats;
    expect(champion).toMatchObject({
      name: 'fraud',
      version: '2',
      last_inference: EVENT_TIME,
      inference_count: 67,
      execution_count: 4,
    });
    expect(champion?.inference_stats).toMatchObject({
      success: { count: 4 },
      fail: { count: 2 },
      compute_infer: { count: 4 },
    });
    expect(champion?.batch_stats.map(({ batch_size, compute_infer }) => [batch_size, compute_infer.count])).toEqual([
      [1, 3],
      [64, 1],
    ]);
    expect(third).toMatchObject({ version: '3', inference_count: 2, execution_count: 1 });
    expect((await read('GET /v2/models/fraud/stats')).model_stats).toEqual(all.model_stats);
    expect((await read('GET /v2/models/fraud/versions/3/stats')).model_stats).toEqual([third]);
    const unused = (await read('GET /v2/models/fraud/versions/1/stats')).model_stats;
    expect(unused).toMatchObject([{ name: 'fraud', version: '1', inference_count: 0, batch_stats: [] }]);
  });

  it('fails for a model or a version that does not exist', async () => {
    const { call } = await openInfer();
    expect((await call('GET /v2/models/nobody/stats')).status).toBe(404);
    expect((await call('GET /v2/models/fraud/versions/9/stats')).status).toBe(404);
  });
});
