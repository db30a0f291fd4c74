import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InvokeEndpointCommand, ModelError, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postJson, register } from '../support/api-calls.ts';
import { readBinaryAnswer } from '../support/binary-request.ts';
import { type KeelsonProcess, startKeelson } from '../support/keelson-process.ts';
import { lookUpModel } from '../support/onnx-models.ts';
import { openSocket, readAnswers, readToEnd } from '../support/raw-http.ts';
import { runs } from '../support/shared.ts';

/**
 * Each client as its users call it, against a model that takes `x` INT64 [N], answers `y` FP32 [N] from the table 10, 20, 30
 * and fails for any other place: one prediction, one mistake of the caller, one of the model.
 */

const noPython = runs('python3', '-c', 'import json') ? undefined : 'skipped: there is no python3 here';
const noBoto3 = runs('python3', '-c', 'import boto3') ? undefined : 'skipped: python3 has no boto3 here';
const noAwsCli = runs('aws', '--version') ? undefined : 'skipped: the aws command is not on this machine';
const noCurl = runs('curl', '--version') ? undefined : 'skipped: curl is not on this machine';

const run = promisify(execFile);
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' };

let folder: string;
let platform: KeelsonProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-every-client-'));
  platform = await startKeelson(folder);
  await register(platform.url, 'table', lookUpModel([10, 20, 30]));
  await postJson(`${platform.url}/api/services/table/rollouts`, { version: 1 });
});
afterAll(async () => {
  await platform.kill('SIGTERM');
  rmSync(folder, { recursive: true });
});

const python = async (script: string): Promise<unknown> => {
  const { stdout } = await run('python3', ['-c', script, platform.url], { env: { ...process.env, ...CREDENTIALS } });
  return JSON.parse(stdout);
};

describe('the SDK for JavaScript', () => {
  const invoke = (EndpointName: string, body: unknown) => {
    const client = new SageMakerRuntimeClient({
      endpoint: platform.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const Body = JSON.stringify(body);
    return client.send(
      new InvokeEndpointCommand({
        EndpointName,
        Body,
        ContentType: 'application/json',
        Accept: 'text/csv',
        InferenceId: 'order-17',
        TargetVariant: '1',
        CustomAttributes: 'trace=1',
      }),
    );
  };

  it('predicts', async () => {
    const answer = await invoke('table', { instances: [2, 0] });
    expect(Buffer.from(answer.Body).toString()).toBe('30\n10\n');
    expect(answer).toMatchObject({
      ContentType: 'text/csv; charset=utf-8',
      InvokedProductionVariant: '1',
      CustomAttributes: 'trace=1',
    });
  });

  it('fails with its own exceptions', async () => {
    await expect(invoke('nobody', [0])).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(invoke('table', ['a'])).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('element 0 of "x"'),
      $metadata: { httpStatusCode: 400 },
    });
    const failed = await invoke('table', [7]).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ModelError);
    expect(failed).toMatchObject({
      OriginalStatusCode: 500,
      OriginalMessage: expect.stringContaining('table'),
      LogStreamArn: expect.stringMatching(/^arn:aws:logs:/),
      $metadata: { httpStatusCode: 424 },
    });
  });
});

describe.skipIf(noBoto3)(`boto3 ${noBoto3 ?? ''}`, () => {
  const script = (calls: string) => `
import boto3, json, sys
from botocore.config import Config
runtime = boto3.client('sagemaker-runtime', endpoint_url=sys.argv[1], region_name='us-east-1', config=Config(retries={'max_attempts': 1}))
def invoke(name, body, **more):
    return runtime.invoke_endpoint(EndpointName=name, ContentType='application/json', Body=json.dumps(body), **more)
def failure(name, body):
    try: invoke(name, body)
    except runtime.exceptions.ModelError as error: return ['ModelError', error.response['OriginalStatusCode'], error.response['ResponseMetadata']['HTTPStatusCode']]
    except runtime.exceptions.ClientError as error: return [error.response['Error']['Code'], error.response['Error']['Message'], error.response['ResponseMetadata']['HTTPStatusCode']]
${calls}
`;

  it('predicts', async () => {
    const answer = await python(
      script(`
answer = invoke('table', {'instances': [2, 0]}, InferenceId='order-17', CustomAttributes='trace=1', TargetVariant='champion')
headers = answer['ResponseMetadata']['HTTPHeaders']
print(json.dumps([json.loads(answer['Body'].read()), answer['InvokedProductionVariant'], answer['CustomAttributes'], headers['x-keelson-prediction-id']]))`),
    );
    expect(answer).toEqual([{ predictions: [30, 10] }, 'champion', 'trace=1', 'order-17']);
  });

  it('fails with its own exceptions', async () => {
    const failures = await python(
      script(`print(json.dumps([failure('nobody', [0]), failure('table', ['a']), failure('table', [7])]))`),
    );
    expect(failures).toEqual([
      ['ValidationError', expect.stringContaining('nobody'), 400],
      ['ValidationError', expect.stringContaining('element 0 of "x"'), 400],
      ['ModelError', 500, 424],
    ]);
  });
});

describe.skipIf(noAwsCli)(`the aws command line ${noAwsCli ?? ''}`, () => {
  const invoke = async (endpoint: string, body: string): Promise<string> => {
    const { stdout: version, stderr } = await run('aws', ['--version']);
    // Version 1 takes the body as it is, version 2 in base64.
    const given = `${version}${stderr}`.startsWith('aws-cli/1') ? body : Buffer.from(body).toString('base64');
    const target = join(folder, 'answer');
    const where = ['sagemaker-runtime', 'invoke-endpoint', '--endpoint-url', platform.url, '--endpoint-name', endpoint];
    await run('aws', [...where, '--content-type', 'text/csv', '--body', given, target], {
      env: { ...process.env, ...CREDENTIALS, AWS_DEFAULT_REGION: 'us-east-1', AWS_MAX_ATTEMPTS: '1' },
    });
    return readFileSync(target, 'utf8');
  };

  it('predicts', async () => {
    expect(await invoke('table', '2\n0\n')).toBe('30\n10\n');
  });

  it.each([
    ['nobody', '0\n', /\(ValidationError\) when calling the InvokeEndpoint operation: .*nobody/],
    ['table', 'a\n', /\(ValidationError\) when calling the InvokeEndpoint operation: .*element 0/],
    ['table', '7\n', /\(ModelError\) when calling the InvokeEndpoint operation: Received server error \(500\)/],
  ])('fails for %s asked for %j, and says why', async (endpoint, body, message) => {
    await expect(invoke(endpoint, body)).rejects.toMatchObject({ stderr: expect.stringMatching(message) });
  });
});

describe.skipIf(noCurl)(`curl ${noCurl ?? ''}`, () => {
  const curl = async (...args: string[]) => {
    const { stdout } = await run('curl', ['-s', '-w', ' %{http_code}', ...args]);
    const at = stdout.lastIndexOf(' ');
    return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) };
  };
  const INFER = '/v2/models/table/infer';
  const request = '{"inputs":[{"name":"x","shape":[2],"datatype":"INT64","data":[2,0]}]}';
  const answered = { status: 200, body: expect.stringContaining('"data":[30,10]') };

  it('predicts, with and without a content type, compressed, and from a file', async () => {
    const url = `${platform.url}${INFER}`;
    expect(await curl('-d', request, url)).toEqual(answered);
    expect(await curl('-H', 'content-type: application/json; charset=utf-8', '-d', request, url)).toEqual(answered);
    expect(await curl('-H', 'content-type:', '-d', request, url)).toEqual(answered);
    const file = join(folder, 'request.json');
    writeFileSync(file, request);
    expect(await curl('-T', file, '-X', 'POST', url)).toEqual(answered);
    await run('gzip', ['-k', file]);
    const gzip = ['-H', 'content-encoding: gzip', '-H', 'content-type: application/json'];
    expect(await curl(...gzip, '--data-binary', `@${file}.gz`, url)).toEqual(answered);
  });

  it('fails with the status and the words of the mistake', async () => {
    const url = `${platform.url}${INFER}`;
    const wrong = await curl('-d', request.replace('INT64', 'FP32'), url);
    expect([wrong.status, JSON.parse(wrong.body)]).toEqual([
      400,
      { code: 'infer.datatype_mismatch', error: expect.stringContaining('"x"') },
    ]);
    const nobody = await curl('-d', request, `${platform.url}/v2/models/nobody/infer`);
    expect([nobody.status, JSON.parse(nobody.body)]).toEqual([
      404,
      { code: 'registry.service_not_found', error: expect.stringContaining('Request for unknown model') },
    ]);
    const failed = await curl('-d', request.replace('[2,0]', '[7,0]'), url);
    expect([failed.status, JSON.parse(failed.body)]).toEqual([
      500,
      { code: 'infer.model_failed', error: expect.any(String) },
    ]);
  });
});

describe('NVIDIA’s client for Python, byte for byte', () => {
  /** What `tritonclient.http` 2.x writes for `infer('table', [InferInput('x', [n], 'INT64')])`: no content type, JSON without spaces. */
  const ask = async (values: readonly bigint[], name = 'table') => {
    const data = Buffer.from(BigInt64Array.from(values).buffer);
    const head = `{"inputs":[{"name":"x","shape":[${values.length}],"datatype":"INT64","parameters":{"binary_data_size":${data.length}}}],"parameters":{"binary_data_output":true}}`;
    const { host } = new URL(platform.url);
    const socket = await openSocket(platform.url);
    const answered = readToEnd(socket);
    socket.write(
      `POST /v2/models/${name}/infer HTTP/1.1\r\nUser-Agent: Python-Geventhttpclient/2.3.1\r\nHost: ${host}\r\nConnection: close\r\nInference-Header-Content-Length: ${head.length}\r\nContent-Length: ${head.length + data.length}\r\n\r\n`,
    );
    socket.write(Buffer.concat([Buffer.from(head), data]));
    const bytes = await answered;
    const [answer] = readAnswers(bytes);
    return { ...answer, bytes: bytes.subarray(bytes.indexOf('\r\n\r\n') + 4) };
  };

  it('predicts in binary', async () => {
    const { status, headers, bytes } = await ask([2n, 0n]);
    expect(status).toBe(200);
    const { head, outputs } = readBinaryAnswer(bytes, Number(headers?.['inference-header-content-length']));
    expect(head).toMatchObject({ model_name: 'table', model_version: '1' });
    expect(outputs).toMatchObject([{ name: 'y', datatype: 'FP32', shape: [2] }]);
    expect([outputs[0]?.bytes?.readFloatLE(0), outputs[0]?.bytes?.readFloatLE(4)]).toEqual([30, 10]);
  });

  it('asks for health, metadata, statistics and the repository', async () => {
    const get = async (path: string) => (await fetch(`${platform.url}${path}`)).json();
    for (const path of [
      '/v2/health/live',
      '/v2/health/ready',
      '/v2/models/table/ready',
      '/v2/models/table/versions/1/ready',
    ]) {
      expect((await fetch(`${platform.url}${path}`)).status).toBe(200);
    }
    expect(await get('/v2')).toMatchObject({ extensions: expect.arrayContaining(['binary_tensor_data']) });
    expect(await get('/v2/models/table')).toMatchObject({ versions: ['1'], inputs: [{ name: 'x', shape: [-1] }] });
    expect(await get('/v2/models/table/stats')).toMatchObject({ model_stats: [{ name: 'table', version: '1' }] });
    const post = async (path: string, body: string) => {
      const answer = await fetch(`${platform.url}${path}`, { method: 'POST', body });
      return [answer.status, await answer.json()];
    };
    expect(await post('/v2/repository/index', '')).toEqual([
      200,
      expect.arrayContaining([{ name: 'table', version: '1', state: 'READY', reason: '' }]),
    ]);
    const unload = '{"parameters":{"unload_dependents":false}}';
    expect((await post('/v2/repository/models/table/unload', unload))[0]).toBe(200);
    expect((await post('/v2/repository/models/table/load', '{}'))[0]).toBe(200);
  });

  it('fails with an error in JSON, as it wants to read it', async () => {
    const nobody = await ask([0n], 'nobody');
    expect([nobody.status, JSON.parse(nobody.body ?? '')]).toEqual([
      404,
      { code: 'registry.service_not_found', error: expect.stringContaining('Request for unknown model') },
    ]);
    const failed = await ask([7n]);
    expect([failed.status, JSON.parse(failed.body ?? '')]).toMatchObject([500, { error: expect.any(String) }]);
  });
});

describe.skipIf(noPython)(`clients of TensorFlow Serving and MLflow in Python ${noPython ?? ''}`, () => {
  const script = (calls: string) => `
import json, sys, urllib.error, urllib.request
def post(path, body, content_type='application/json'):
    request = urllib.request.Request(sys.argv[1] + path, body.encode(), {'Content-Type': content_type})
    try: answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error: answer = error
    return [answer.status, json.loads(answer.read())]
print(json.dumps([${calls}]))
`;

  it('predict by TensorFlow Serving, in rows and columns, and ask for its state', async () => {
    const answers = await python(
      script(`
  post('/v1/models/table:predict', json.dumps({'signature_name': 'serving_default', 'instances': [2, 0]})),
  post('/v1/models/table/versions/1:predict', json.dumps({'inputs': {'x': [2, 0]}})),
  json.loads(urllib.request.urlopen(sys.argv[1] + '/v1/models/table').read())['model_version_status'][0]['state']`),
    );
    expect(answers).toEqual([[200, { predictions: [30, 10] }], [200, { outputs: [30, 10] }], 'AVAILABLE']);
  });

  it('fail by TensorFlow Serving with an error', async () => {
    const answers = await python(
      script(`
  post('/v1/models/nobody:predict', json.dumps({'instances': [0]})),
  post('/v1/models/table:predict', json.dumps({'instances': [0.5]})),
  post('/v1/models/table:predict', json.dumps({'instances': [7]}))`),
    );
    expect(answers).toMatchObject([
      [404, { error: expect.stringContaining('nobody') }],
      [400, { error: expect.stringContaining('"x"') }],
      [500, { error: expect.any(String) }],
    ]);
  });

  it('predict by MLflow, from frames as pandas writes them, from CSV and from tensors', async () => {
    const answers = await python(
      script(`
  post('/models/table/invocations', json.dumps({'dataframe_split': {'index': [0, 1], 'columns': ['x'], 'data': [[2], [0]]}})),
  post('/models/table/invocations', json.dumps({'dataframe_records': [{'x': 2}, {'x': 0}]}), 'application/json; charset=utf-8'),
  post('/models/table/invocations', 'x\\n2\\n0\\n', 'text/csv'),
  post('/models/table/invocations', json.dumps({'inputs': {'x': [2, 0]}, 'params': {}}))`),
    );
    const rows = { predictions: [{ y: 30 }, { y: 10 }] };
    expect(answers).toEqual([
      [200, rows],
      [200, rows],
      [200, rows],
      [200, { predictions: { y: [30, 10] } }],
    ]);
  });

  it('fail by MLflow with a code and a message', async () => {
    const answers = await python(
      script(`
  post('/models/nobody/invocations', json.dumps({'inputs': [0]})),
  post('/models/table/invocations', json.dumps({'inputs': [0], 'instances': [0]})),
  post('/models/table/invocations', '<x/>', 'application/xml'),
  post('/models/table/invocations', json.dumps({'inputs': [7]}))`),
    );
    expect(answers).toEqual([
      [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: expect.any(String) }],
      [400, { error_code: 'BAD_REQUEST', message: expect.stringContaining('exactly one of') }],
      [415, { error_code: 'BAD_REQUEST', message: expect.any(String) }],
      [500, { error_code: 'INTERNAL_ERROR', message: expect.any(String) }],
    ]);
  });
});
