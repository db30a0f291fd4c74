import { describe, expect, it } from 'vitest';
import { baselineOf } from '../../../core/contracts/object-keys.ts';
import { aDraft } from '../../support/a-version.ts';
import { openControl } from './control-fixture.ts';

const SPAN = { from: '2026-05-01T00:00:00Z', to: '2026-05-08T00:00:00Z' };
const ask = (body: object) => ({ body: JSON.stringify(body) });

describe('baselines of captures through the control API', () => {
  it('are asked for, once for a span, and told of', async () => {
    const { onService, asked } = await openControl();
    const first = await onService('POST', '/versions/2/baseline', ask(SPAN));
    expect(first).toMatchObject({ status: 202, json: { service: 'fraud', version: 2, state: 'PENDING', ...SPAN } });
    expect((await onService('POST', '/versions/2/baseline', ask(SPAN))).json).toEqual(first.json);
    expect((await onService('GET', '/versions/2/baseline')).json).toEqual(first.json);
    expect(asked).toHaveLength(1);
  });

  it('fails while another span is being made, for none that was asked for, and for a version that is not there', async () => {
    const { onService } = await openControl();
    await onService('POST', '/versions/2/baseline', ask(SPAN));
    const other = { ...SPAN, to: '2026-05-09T00:00:00Z' };
    expect(await onService('POST', '/versions/2/baseline', ask(other))).toMatchObject({
      status: 409,
      json: { code: 'baseline.in_progress' },
    });
    expect(await onService('GET', '/versions/1/baseline')).toMatchObject({
      status: 404,
      json: { code: 'baseline.not_found' },
    });
    expect(await onService('POST', '/versions/9/baseline', ask(SPAN))).toMatchObject({
      status: 404,
      json: { code: 'registry.version_not_found' },
    });
  });

  it('replaces a baseline only where that is said', async () => {
    const { onService, baselines, asked } = await openControl();
    await baselines.put(baselineOf('fraud', 2), {
      'profile.json': '{}',
      'statistics.json': '{}',
      'constraints.json': '{}',
    });
    expect(await onService('POST', '/versions/2/baseline', ask(SPAN))).toMatchObject({
      status: 409,
      json: { code: 'baseline.exists' },
    });
    expect(asked).toEqual([]);
    expect(await onService('POST', '/versions/2/baseline', ask({ ...SPAN, replace: true }))).toMatchObject({
      status: 202,
    });
  });

  it('fails for a service that is not captured', async () => {
    const { onService, registry } = await openControl();
    await registry.appendVersion(aDraft({ service: 'other' }));
    expect(await onService('POST', '/versions/1/baseline', ask(SPAN), 'other')).toMatchObject({
      status: 409,
      json: { code: 'baseline.not_captured' },
    });
  });

  it.each([
    [{ from: SPAN.to, to: SPAN.from }, 'from must be before to'],
    [{ from: '2020-01-01T00:00:00Z', to: SPAN.to }, '365 days'],
    [{ from: 'yesterday', to: SPAN.to }, 'from'],
    [{ from: SPAN.from }, 'to'],
  ])('fails for the span %j', async (span, text) => {
    const { onService } = await openControl();
    const { status, json } = await onService('POST', '/versions/2/baseline', ask(span));
    expect(status).toBe(400);
    expect(JSON.stringify(json)).toContain(text);
  });

  it('says so where nobody could be asked, and may be asked again', async () => {
    let isDown = true;
    const { onService, asked } = await openControl({ failAsk: () => isDown });
    expect(await onService('POST', '/versions/2/baseline', ask(SPAN))).toMatchObject({ status: 500 });
    expect((await onService('GET', '/versions/2/baseline')).json).toMatchObject({ state: 'FAILED' });
    isDown = false;
    expect(await onService('POST', '/versions/2/baseline', ask(SPAN))).toMatchObject({ status: 202 });
    expect(asked).toHaveLength(1);
  });
});
