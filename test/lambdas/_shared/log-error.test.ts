import { afterEach, describe, expect, it, vi } from 'vitest';
import { PlatformError } from '../../../core/domain/errors.ts';
import { logError, logFault } from '../../../lambdas/_shared/log-error.ts';
import { httpEvent } from '../../support/http-event.ts';

const event = httpEvent('POST /v2/models/fraud/infer', { body: '{"card":"4111"}' });
const unavailable = new PlatformError('registry.unavailable', {
  message: 'the registry is down',
  details: { operation: 'GetItem' },
  cause: new TypeError('connect ECONNREFUSED'),
});

/** The one JSON line that was written. */
function written(stream: 'error' | 'warn', work: () => void): Record<string, unknown> {
  const spy = vi.spyOn(console, stream).mockImplementation(() => undefined);
  work();
  expect(spy).toHaveBeenCalledTimes(1);
  const [line] = spy.mock.calls[0] as [string];
  expect(line).not.toContain('\n');
  return JSON.parse(line) as Record<string, unknown>;
}

afterEach(() => void vi.restoreAllMocks());

describe('the log', () => {
  it('tells of an expected failure where it happened and what caused it, and no payload', () => {
    expect(written('error', () => logError(unavailable, event))).toEqual({
      level: 'ERROR',
      requestId: 'request-1',
      method: 'POST',
      path: '/v2/models/fraud/infer',
      code: 'registry.unavailable',
      error: 'the registry is down',
      cause: 'TypeError: connect ECONNREFUSED',
    });
  });

  it('tells of a bug with its stack', () => {
    const line = written('error', () => logError(new RangeError('oops'), event));
    expect(line).toMatchObject({ error: 'RangeError: oops', stack: expect.stringContaining('log-error.test.ts') });
    expect(line).not.toHaveProperty('code');
  });

  it('tells of what is no error at all', () => {
    expect(written('error', () => logError('thrown text', event))).toMatchObject({ error: 'thrown text' });
  });

  it('tells of a fault that no request noticed', () => {
    const fault = { what: 'version 2 could not be loaded', service: 'fraud', error: unavailable };
    expect(written('warn', () => logFault(fault))).toMatchObject({
      level: 'WARN',
      service: 'fraud',
      what: fault.what,
      code: 'registry.unavailable',
    });
  });
});
