import { describe, expect, it } from 'vitest';
import { protocolFailure } from '../../../lambdas/_shared/protocol-failure.ts';

const fail = (path: string, status: number, code = 'request.invalid') =>
  protocolFailure({ status, code, message: 'm' }, path, 'arn:log');

describe('a failure as each protocol tells it', () => {
  it.each(['/v2/models/fraud/infer', '/v1/models/fraud:predict', '/api/services', '/anything'])(
    'is an error and a code at %s',
    (path) => {
      const result = fail(path, 400);
      expect(result).toMatchObject({ statusCode: 400, body: '{"error":"m","code":"request.invalid"}' });
      expect(result.headers).toEqual({ 'content-type': 'application/json' });
    },
  );

  it.each([
    { status: 429, code: 'any', errorType: 'ThrottlingException' },
    { status: 500, code: 'any', errorType: 'InternalFailure' },
    { status: 413, code: 'any', errorType: 'ValidationError' },
    { status: 503, code: 'any', errorType: 'ServiceUnavailable' },
    { status: 404, code: 'request.route_not_found', errorType: 'UnknownOperationException' },
  ])('is a $errorType of SageMaker’s runtime for status $status', ({ status, code, errorType }) => {
    expect(fail('/endpoints/fraud/invocations', status, code)).toMatchObject({
      statusCode: status,
      headers: { 'x-amzn-errortype': errorType },
      body: '{"Message":"m"}',
    });
  });

  it.each([
    ['infer.model_failed', 500],
    ['infer.model_crashed', 502],
    ['infer.deadline_exceeded', 504],
    ['infer.quarantined', 503],
  ])('is a ModelError of SageMaker’s runtime for %s', (code, status) => {
    const result = fail('/endpoints/fraud/invocations', status, code);
    expect(result).toMatchObject({ statusCode: 424, headers: { 'x-amzn-errortype': 'ModelError' } });
    expect(JSON.parse(result.body ?? '')).toEqual({
      Message: `Received server error (${status}) from the model: m`,
      OriginalStatusCode: status,
      OriginalMessage: 'm',
      LogStreamArn: 'arn:log',
    });
  });

  it('is a code and a message of MLflow', () => {
    expect(fail('/models/fraud/invocations', 404)).toMatchObject({
      statusCode: 404,
      body: '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"m"}',
    });
    expect(fail('/models/fraud/invocations', 500).body).toBe('{"error_code":"INTERNAL_ERROR","message":"m"}');
  });

  it.each(['/v2/models/fraud/infer', '/endpoints/fraud/invocations', '/models/fraud/invocations'])(
    'says at %s when to come again, where waiting may help',
    (path) => {
      for (const status of [429, 503]) expect(fail(path, status).headers).toMatchObject({ 'retry-after': '1' });
      for (const status of [400, 404, 500, 502, 504])
        expect(fail(path, status).headers).not.toHaveProperty('retry-after');
    },
  );
});
