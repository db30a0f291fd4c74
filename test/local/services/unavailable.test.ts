import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUnavailableService } from '../../../local/services/unavailable.ts';
import { serve } from '../../support/serve.ts';

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/SERVICE/aws4_request, SignedHeaders=host, Signature=0';

describe('a service that the local platform does not have', () => {
  let served: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    served = await serve(createUnavailableService(() => ['S3', 'DYNAMODB']));
  });
  afterAll(() => served.close());
  const post = async (path: string, service: string, headers: Record<string, string>) => {
    const response = await fetch(served.url + path, {
      method: 'POST',
      headers: { authorization: SIGNED.replace('SERVICE', service), ...headers },
      body: 'x',
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: Buffer.from(await response.arrayBuffer()),
    };
  };

  it('fails by an error that the SDK understands and that names what there is', async () => {
    const client = new SageMakerRuntimeClient({
      endpoint: served.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
    await expect(client.send(new InvokeEndpointCommand({ EndpointName: 'e', Body: 'x' }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining(
        'sagemaker: POST /endpoints/e/invocations is not available on the local platform, which has S3, DYNAMODB',
      ),
    });
  });

  it('names the operation of a JSON service', async () => {
    const { body } = await post('/', 'kinesis', { 'x-amz-target': 'Kinesis_20131202.PutRecord' });
    expect(JSON.parse(body.toString())).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringMatching(/^kinesis: Kinesis_20131202.PutRecord is not available/),
    });
  });

  it('answers a query service in XML', async () => {
    const { type, body } = await post('/', 'sns', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(type).toBe('text/xml');
    expect(body.toString()).toMatch(/<Code>UnknownOperationException<\/Code>/);
  });

  it('answers an RPC service in CBOR, naming the operation of the path', async () => {
    const { type, body } = await post('/service/Monitoring/operation/PutMetricData', 'monitoring', {});
    expect(type).toBe('application/cbor');
    expect(body.toString('latin1')).toMatch(
      /__type.*UnknownOperationException.*monitoring: PutMetricData is not available/s,
    );
  });
});
