import { describe, expect, it } from 'vitest';
import { CredentialsFailure, chooseSigner, findAwsCredentials } from '../../../apps/client/index.ts';

const env = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };
const DEPLOYED = 'https://abc123.execute-api.eu-west-1.amazonaws.com';
const request = { method: 'POST', url: `${DEPLOYED}/api/services/churn/rollback`, headers: {}, body: '{}' };

describe('chooseSigner', () => {
  it('signs requests to API Gateway for the region in its host name', async () => {
    const headers = await chooseSigner(DEPLOYED, { env })?.(request);
    expect(headers?.['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    );
    expect(headers?.['x-amz-security-token']).toBe('session');
  });

  it('signs the body: another one has another signature', async () => {
    const sign = chooseSigner(DEPLOYED, { env });
    const headers = { 'x-amz-date': '20261124T000000Z' };
    const signatures = ['{}', '{"a":1}'].map(
      async (body) => (await sign?.({ ...request, headers, body }))?.['authorization'],
    );
    const [one, other] = await Promise.all(signatures);
    expect(one).not.toBe(other);
  });

  it.each([
    'http://127.0.0.1:8080',
    'https://models.example.com',
    'https://abc.execute-api.eu-west-1.amazonaws.com.example.com',
    'http://abc.execute-api.eu-west-1.amazonaws.com',
  ])('signs nothing for %s', (url) => {
    expect(chooseSigner(url, { env })).toBeUndefined();
  });

  it('signs nothing where a token is given, or where it is told not to', async () => {
    expect(await chooseSigner(DEPLOYED, { env, token: 'jwt' })?.(request)).toEqual({ authorization: 'Bearer jwt' });
    expect(chooseSigner(DEPLOYED, { env, sign: false })).toBeUndefined();
  });

  it('takes the region of a domain of one’s own from AWS_REGION', async () => {
    const sign = chooseSigner('https://models.example.com', { env: { ...env, AWS_REGION: 'us-east-2' }, sign: true });
    expect((await sign?.(request))?.['authorization']).toContain('/us-east-2/execute-api/');
  });

  it('fails where no region is known', () => {
    expect(() => chooseSigner('https://models.example.com', { env, sign: true })).toThrow(CredentialsFailure);
  });
});

describe('findAwsCredentials', () => {
  it('takes those of the environment, without asking the AWS CLI', async () => {
    const refuse = () => Promise.reject(new Error('asked'));
    expect(await findAwsCredentials(env, refuse)).toEqual({
      accessKeyId: 'AKID',
      secretAccessKey: 'secret',
      sessionToken: 'session',
    });
  });

  it('asks the AWS CLI otherwise', async () => {
    const exported = async () => '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}';
    expect(await findAwsCredentials({}, exported)).toEqual({
      accessKeyId: 'A',
      secretAccessKey: 'S',
      sessionToken: 'T',
    });
  });

  it.each([
    ['there is no AWS CLI', () => Promise.reject(new Error('spawn aws ENOENT'))],
    ['it prints something else', async () => 'hunter2'],
    ['it prints half of it', async () => '{"AccessKeyId": "hunter2"}'],
  ])('fails with what to do, and without what was printed, where %s', async (_, exported) => {
    const failed = await findAwsCredentials({}, exported).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CredentialsFailure);
    expect(String(failed)).toContain('AWS_ACCESS_KEY_ID');
    expect(String(failed)).not.toContain('hunter2');
  });
});
