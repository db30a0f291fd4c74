import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../local/platform/listen.ts';
import { type Platform, type PlatformOptions, startPlatform } from '../../local/platform.ts';
import { resource, writeAssembly } from '../local/assembly/assembly-fixture.ts';
import { appTemplate } from './app-fixture.ts';

const PROBE = 'exports.handler = async (event) => ({ pid: process.pid, epoch: event.requestContext.timeEpoch });';

let directory: string;
let running: Platform[] = [];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'platform-'));
});
afterEach(async () => {
  for (const platform of running) await platform.close();
  running = [];
  rmSync(directory, { recursive: true, force: true });
});

async function start(options: Partial<PlatformOptions> & { template?: unknown } = {}): Promise<Platform> {
  const { template = appTemplate(PROBE), ...rest } = options;
  const assembly = writeAssembly(path.join(directory, 'cdk.out'), { Stack: template });
  const platform = await startPlatform({ assembly, dataDirectory: path.join(directory, 'data'), ...rest });
  running.push(platform);
  return platform;
}
const probe = async (platform: Platform) =>
  (await fetch(`${platform.url}/x`)).json() as Promise<{ pid: number; epoch: number }>;

describe('the local platform', () => {
  it('writes where everything is to endpoints.json', async () => {
    const platform = await start();
    const written = JSON.parse(readFileSync(path.join(directory, 'data', 'endpoints.json'), 'utf8'));
    expect(written).toEqual({ url: platform.url, urls: platform.urls, endpoints: platform.endpoints, outputs: {} });
    expect(Object.keys(platform.endpoints).sort()).toEqual([
      'ADMIN',
      'CLOUDWATCH',
      'DYNAMODB',
      'EVENTBRIDGE',
      'FIREHOSE',
      'LAMBDA',
      'S3',
      'SCHEDULER',
      'SECRETS_MANAGER',
      'SFN',
      'SNS',
    ]);
  });

  it('ends its child processes when it closes', async () => {
    const platform = await start();
    const { pid } = await probe(platform);
    await platform.close();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  it('lets a request under way finish before it closes', async () => {
    const slow = 'exports.handler = () => new Promise((done) => setTimeout(done, 500, "finished"));';
    const platform = await start({ template: appTemplate(slow) });
    const answer = fetch(`${platform.url}/x`).then((response) => response.text());
    await new Promise((done) => setTimeout(done, 200));
    await platform.close();
    expect(await answer).toBe('finished');
  });

  it('fails on a port that is in use, saying which', async () => {
    const other = createServer();
    const port = Number(new URL(await listen(other, '127.0.0.1', 0)).port);
    await expect(start({ port })).rejects.toThrow(`port ${port} of 127.0.0.1 is in use`);
    other.close();
    await expect(start({ port })).resolves.toMatchObject({ url: `http://127.0.0.1:${port}` });
  });

  it('fails on a data folder that another platform uses', async () => {
    await start();
    await expect(start()).rejects.toThrow(`another local platform (process ${process.pid}) uses the data folder`);
  });

  it('has its assembly made only when it holds the data folder', async () => {
    const assembly = writeAssembly(path.join(directory, 'cdk.out'), { Stack: appTemplate(PROBE) });
    const made: string[] = [];
    const make = (folder: string) => () => {
      made.push(folder);
      return folder;
    };
    await start({ assembly: make(assembly) });
    await expect(start({ assembly: make('another') })).rejects.toThrow('uses the data folder');
    expect(made).toEqual([assembly]);
  });

  it('fails on an address that other machines reach, unless there is a token', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toThrow('0.0.0.0 can be reached from other machines');
    const { url } = await start({ host: '0.0.0.0', token: 'secret' });
    expect((await fetch(`${url}/x`)).status).toBe(401);
    expect((await fetch(`${url}/x`, { headers: { authorization: 'Bearer secret' } })).status).toBe(200);
  });
});

describe('the clock of the local platform', () => {
  const advance = (platform: Platform, body: string, headers: Record<string, string> = {}) =>
    fetch(`${platform.endpoints['ADMIN']}/clock`, { method: 'POST', body, headers });

  it('moves for every service at once and stays moved after a restart', async () => {
    const first = await start();
    const dayMs = 86_400_000;
    const answer = await advance(first, JSON.stringify({ advanceMs: dayMs }));
    expect(await answer.json()).toMatchObject({ offsetMs: dayMs });
    expect((await probe(first)).epoch).toBeGreaterThan(Date.now() + dayMs / 2);
    await first.close();
    expect((await start()).clock.offsetMs()).toBe(dayMs);
  });

  it.each([
    '{"advanceMs":-1}',
    '{"advanceMs":"1"}',
    '{"advanceMs":0.5}',
    '{"advanceMs":1e300}',
    '{"advanceMs":260000000000000}',
    '{"other":1}',
    'x',
    '',
  ])('fails to move by %s', async (body) => {
    const platform = await start();
    expect((await advance(platform, body)).status).toBe(400);
    expect(platform.clock.offsetMs()).toBe(0);
    expect((await probe(platform)).epoch).toBeLessThanOrEqual(Date.now());
  });

  it('fails to be moved by a web page', async () => {
    const platform = await start();
    expect((await advance(platform, '{"advanceMs":1}', { origin: 'https://a.example' })).status).toBe(403);
  });
});

describe('what the local platform refuses', () => {
  const withResource = (type: string, properties: Record<string, unknown> = {}) =>
    start({ template: appTemplate(PROBE, { Extra: resource(type, properties) }) });
  const code = { Code: { ZipFile: PROBE }, Handler: 'index.handler', Role: 'r' };

  it.each([
    ['a type that it does not know', 'AWS::SQS::Queue', {}, 'AWS::SQS::Queue (stack Stack, resource Extra)'],
    [
      'an unknown property of a function',
      'AWS::Lambda::Function',
      { ...code, Runtime: 'nodejs24.x', VpcConfig: {} },
      'the property VpcConfig',
    ],
    [
      'an unknown property inside another',
      'AWS::Lambda::Function',
      { ...code, Runtime: 'nodejs24.x', Code: { ImageUri: 'x' } },
      'Code.ImageUri',
    ],
    [
      'a runtime that is not Node.js',
      'AWS::Lambda::Function',
      { ...code, Runtime: 'python3.13' },
      'the runtime python3.13',
    ],
    [
      'code that is no asset',
      'AWS::Lambda::Function',
      { ...code, Runtime: 'nodejs24.x', Code: { S3Bucket: 'b', S3Key: 'k' } },
      'b/k is no asset',
    ],
    ['an unknown property of a bucket', 'AWS::S3::Bucket', { Glitter: true }, 'Glitter'],
    [
      'an unknown property of a table',
      'AWS::DynamoDB::Table',
      {
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        Glitter: 1,
      },
      'Glitter',
    ],
    ['a WebSocket API', 'AWS::ApiGatewayV2::Api', { Name: 'w', ProtocolType: 'WEBSOCKET' }, 'no WebSocket APIs'],
    [
      'payload format 1.0',
      'AWS::ApiGatewayV2::Integration',
      { ApiId: 'a', IntegrationType: 'AWS_PROXY', IntegrationUri: 'u', PayloadFormatVersion: '1.0' },
      'only payload format 2.0',
    ],
    [
      'an integration with an address',
      'AWS::ApiGatewayV2::Integration',
      { ApiId: 'a', IntegrationType: 'HTTP_PROXY', IntegrationUri: 'u', PayloadFormatVersion: '2.0' },
      'only AWS_PROXY integrations',
    ],
    [
      'an authorizer that is a function',
      'AWS::ApiGatewayV2::Authorizer',
      { ApiId: 'a', Name: 'a', AuthorizerType: 'REQUEST' },
      'no REQUEST authorizers',
    ],
    ['a function URL', 'AWS::Lambda::Url', {}, 'AWS::Lambda::Url (stack Stack, resource Extra)'],
  ])('fails on %s, naming it and its place', async (_what, type, properties, message) => {
    const failure = withResource(type, properties);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(/stack Stack, resource Extra/);
  });

  it('releases the data folder after a refusal', async () => {
    await expect(withResource('AWS::SQS::Queue')).rejects.toThrow();
    await expect(start()).resolves.toBeDefined();
  });

  it('fails a handler’s call of a service that is not there, naming service and operation', async () => {
    const caller = `const { LambdaClient, ListLayersCommand } = require('@aws-sdk/client-lambda');
      exports.handler = () => new LambdaClient({ endpoint: process.env.AWS_ENDPOINT_URL }).send(new ListLayersCommand({})).catch(({ name, message }) => ({ name, message }));`;
    const platform = await start({ template: appTemplate(caller) });
    expect(await (await fetch(`${platform.url}/x`)).json()).toEqual({
      name: 'UnknownOperationException',
      message: expect.stringMatching(
        /^lambda: GET \/2018-10-31\/layers is not available on the local platform, which has [A-Z0-9_, ]*LAMBDA;/,
      ),
    });
  });
});
