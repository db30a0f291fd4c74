import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeEndpointCommand, ModelError, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keelson as cli, type KeelsonProcess, lastJson, startKeelson } from '../support/keelson-process.ts';
import { missing, runs, SHARED } from '../support/shared.ts';

const absent = missing('models');
const noBoto3 = runs('python3', '-c', 'import boto3') ? undefined : 'skipped: python3 has no boto3 here';
const noAwsCli = runs('aws', '--version') ? undefined : 'skipped: the aws command is not on this machine';

interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: number[];
  readonly data: (number | string | boolean)[];
}
interface Case {
  readonly inputs: Tensor[];
  readonly outputs: Tensor[];
  readonly zipmap?: { readonly name: string; readonly probabilities: number[][] };
  readonly rtol: number;
  readonly atol: number;
}

const models = absent ? [] : readdirSync(join(SHARED, 'models')).filter((file) => file.endsWith('.onnx'));
const nameOf = (file: string) => file.replace('.onnx', '');
const readCase = (service: string) =>
  JSON.parse(readFileSync(join(SHARED, 'models', `${service}.case.json`), 'utf8')) as Case;
const cases = absent ? [] : readdirSync(join(SHARED, 'models')).filter((file) => file.endsWith('.case.json'));

describe.skipIf(absent)(`models as exported, through the pool, without a deployment ${absent ?? ''}`, () => {
  let folder: string;
  let platform: KeelsonProcess;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-clients-'));
    platform = await startKeelson(folder);
  });
  afterAll(async () => {
    await platform.kill('SIGTERM');
    rmSync(folder, { recursive: true });
  });

  it.each(models)('registers and rolls out %s by the command line', async (file) => {
    const registered = await cli(platform.url, 'register', nameOf(file), join(SHARED, 'models', file), '--json');
    expect(registered).toMatchObject({ code: 0 });
    expect(lastJson(registered.stdout)).toMatchObject({ service: nameOf(file), version: 1 });
    const rolledOut = await cli(platform.url, 'rollout', nameOf(file), '1', '--json');
    expect(lastJson(rolledOut.stdout)).toMatchObject({ state: 'SUCCEEDED', version: 1 });
  });

  it.each(cases)('answers %s as the framework did', async (file) => {
    const service = file.replace('.case.json', '');
    const { inputs, outputs, zipmap, rtol, atol } = readCase(service);
    const response = await fetch(`${platform.url}/v2/models/${service}/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs }),
    });
    const answer = (await response.json()) as { outputs: Tensor[] };
    const scores = zipmap ? [scoresOf(zipmap)] : [];
    for (const expected of [...outputs, ...scores]) {
      const got = answer.outputs.find(({ name }) => name === expected.name);
      expect(got).toMatchObject({ datatype: expected.datatype, shape: expected.shape });
      const far = expected.data.filter((value, index) => !isNear(value, got?.data[index], { rtol, atol }));
      expect(far).toEqual([]);
    }
  });

  const csv = '5.1,3.5,1.4,0.2\n5.9,3.2,4.8,1.8\n';
  const fromCsv = async () => {
    const response = await fetch(`${platform.url}/endpoints/xgb_clf/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: csv,
    });
    return response.text();
  };

  it('answers the SDK for JavaScript', async () => {
    const client = sageMakerRuntime(platform.url);
    const answer = await client.send(
      new InvokeEndpointCommand({ EndpointName: 'xgb_clf', ContentType: 'text/csv', Body: csv, InferenceId: 'mine' }),
    );
    expect(Buffer.from(answer.Body).toString()).toBe(await fromCsv());
    expect(answer).toMatchObject({ InvokedProductionVariant: 'champion', ContentType: 'text/csv; charset=utf-8' });
  });

  it('is signed for API Gateway by the SDK for JavaScript as docs/guides/clients.md says', async () => {
    const client = sageMakerRuntime(platform.url, { signingName: 'execute-api' });
    let authorization = '';
    client.middlewareStack.add(
      (next) => (call) => {
        authorization = (call.request as { headers: Record<string, string> }).headers['authorization'] ?? '';
        return next(call);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await client.send(new InvokeEndpointCommand({ EndpointName: 'xgb_clf', ContentType: 'text/csv', Body: csv }));
    expect(authorization).toContain('/execute-api/aws4_request');
  });

  it('fails with the typed exceptions of the SDK for JavaScript', async () => {
    const invoke = (EndpointName: string, Body: string) =>
      sageMakerRuntime(platform.url).send(new InvokeEndpointCommand({ EndpointName, ContentType: 'text/csv', Body }));
    await expect(invoke('nobody', csv)).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(invoke('xgb_clf', '1,2\n')).rejects.not.toBeInstanceOf(ModelError);
    await expect(invoke('xgb_clf', '1,2\n')).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it.skipIf(noBoto3)(`answers boto3 ${noBoto3 ?? ''}`, async () => {
    const script = `
import boto3, sys
runtime = boto3.client('sagemaker-runtime', endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='a', aws_secret_access_key='b')
answer = runtime.invoke_endpoint(EndpointName='xgb_clf', ContentType='text/csv', Body=sys.argv[2])
sys.stdout.write(answer['Body'].read().decode())
def sign_for_api_gateway(params, **_): params['context'].setdefault('signing', {})['signing_name'] = 'execute-api'
runtime.meta.events.register('before-call.sagemaker-runtime', sign_for_api_gateway)
seen = []
runtime.meta.events.register('before-send.sagemaker-runtime', lambda request, **_: seen.append(request.headers['Authorization'].decode()))
try: runtime.invoke_endpoint(EndpointName='nobody', ContentType='text/csv', Body='1')
except runtime.exceptions.ClientError as error: sys.stdout.write(error.response['Error']['Code'])
sys.stdout.write(' execute-api' if '/execute-api/aws4_request' in seen[0] else seen[0])
`;
    const printed = execFileSync('python3', ['-c', script, platform.url, csv], { encoding: 'utf8' });
    expect(printed).toBe(`${await fromCsv()}ValidationError execute-api`);
  });

  it.skipIf(noAwsCli)(`answers the aws command line ${noAwsCli ?? ''}`, async () => {
    const target = join(folder, 'answer.csv');
    const body = Buffer.from(csv).toString('base64');
    const options = ['--endpoint-name', 'xgb_clf', '--content-type', 'text/csv', '--body', body, target];
    const credentials = {
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    };
    const isV1 = execFileSync('aws', ['--version'], { encoding: 'utf8' }).startsWith('aws-cli/1');
    // Version 1 takes the body as it is, version 2 in base64.
    if (isV1) options[5] = csv;
    execFileSync('aws', ['sagemaker-runtime', 'invoke-endpoint', '--endpoint-url', platform.url, ...options], {
      env: { ...process.env, ...credentials },
      stdio: 'ignore',
    });
    expect(readFileSync(target, 'utf8')).toBe(await fromCsv());
  });
});

const sageMakerRuntime = (endpoint: string, options: { signingName?: string } = {}) =>
  new SageMakerRuntimeClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    ...options,
  });

const scoresOf = ({ name, probabilities }: NonNullable<Case['zipmap']>): Tensor => ({
  name,
  datatype: 'FP32',
  shape: [probabilities.length, probabilities[0]?.length ?? 0],
  data: probabilities.flat(),
});

function isNear(
  expected: Tensor['data'][number],
  got: unknown,
  { rtol, atol }: { rtol: number; atol: number },
): boolean {
  if (typeof expected !== 'number') return got === expected;
  return Math.abs(expected - Number(got)) <= atol + rtol * Math.abs(expected);
}
