import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Platform, startPlatform } from '../../local/platform.ts';

/** What differs between the two versions of the app below. Nothing else differs, and nothing in `local/` knows either. */
interface AppVersion {
  readonly route: string;
  readonly greeting: string;
  readonly tables: readonly string[];
  readonly services: readonly string[];
}

const BEFORE: AppVersion = { route: '/items/{key}', greeting: 'hello', tables: ['Items'], services: ['Alpha', 'Beta'] };
const AFTER: AppVersion = {
  route: '/things/{key}',
  greeting: 'good evening',
  tables: ['Items', 'Notes'],
  services: ['Alpha', 'Beta', 'Gamma'],
};

// PUT stores the body in the bucket and the key in every table; GET tells what is there. The SDK comes from node_modules.
const HANDLER = `
const { S3Client, PutObjectCommand, GetObjectCommand } = require('@aws-sdk/client-s3');
const { DynamoDBClient, PutItemCommand, GetItemCommand } = require('@aws-sdk/client-dynamodb');
const s3 = new S3Client({}), dynamodb = new DynamoDBClient({});
const { BUCKET, TABLES, GREETING, SERVICE } = process.env;
exports.handler = async ({ requestContext, pathParameters, body }) => {
  const key = pathParameters?.key ?? 'none';
  const tables = TABLES.split(',');
  if (requestContext.http.method === 'PUT') {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
    for (const table of tables) await dynamodb.send(new PutItemCommand({ TableName: table, Item: { pk: { S: key } } }));
    return { statusCode: 201 };
  }
  const found = await Promise.all(tables.map((table) =>
    dynamodb.send(new GetItemCommand({ TableName: table, Key: { pk: { S: key } } })).then(({ Item }) => Item !== undefined)));
  const object = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key })).catch((error) => error.name);
  return { greeting: GREETING, service: SERVICE, found, text: typeof object === 'string' ? object : await object.Body.transformToString() };
};`;

function synthesize(directory: string, version: AppVersion): string {
  const code = path.join(directory, 'code');
  mkdirSync(code, { recursive: true });
  writeFileSync(path.join(code, 'index.js'), HANDLER);
  const app = new App({ outdir: path.join(directory, 'cdk.out') });

  const data = new Stack(app, 'Data');
  const bucket = new Bucket(data, 'Store', { versioned: true, encryptionKey: new Key(data, 'Key'), enforceSSL: true });
  const partitionKey = { name: 'pk', type: AttributeType.STRING };
  const tables = version.tables.map((name, index) =>
    index === 0 ? new Table(data, name, { partitionKey }) : new TableV2(data, name, { partitionKey }),
  );

  const serve = new Stack(app, 'Serve');
  const api = new HttpApi(serve, 'Api');
  for (const service of version.services) {
    const handler = new LambdaFunction(serve, service, {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromAsset(code),
      logGroup: new LogGroup(serve, `${service}Logs`),
      environment: {
        BUCKET: bucket.bucketName,
        TABLES: tables.map(({ tableName }) => tableName).join(','),
        GREETING: version.greeting,
        SERVICE: service,
      },
    });
    bucket.grantReadWrite(handler);
    for (const table of tables) table.grantReadWriteData(handler);
    const integration = new HttpLambdaIntegration(`${service}Integration`, handler);
    api.addRoutes({ path: `/services/${service.toLowerCase()}`, methods: [HttpMethod.GET], integration });
    if (service === 'Alpha') {
      api.addRoutes({ path: version.route, methods: [HttpMethod.GET, HttpMethod.PUT], integration });
    }
  }
  new CfnOutput(serve, 'Url', { value: api.apiEndpoint });
  return app.synth().directory;
}

describe('the local platform', () => {
  let directory: string;
  let platform: Platform | undefined;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'platform-'));
  });
  afterAll(async () => {
    await platform?.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const start = async (name: string, version: AppVersion): Promise<Platform> => {
    await platform?.close();
    const assembly = synthesize(path.join(directory, name), version);
    platform = await startPlatform({ assembly, dataDirectory: path.join(directory, 'data') });
    return platform;
  };
  const get = async (url: string) => {
    const response = await fetch(url);
    return { status: response.status, body: await response.json() };
  };

  it('runs an app as its assembly describes it', async () => {
    const { url, outputs } = await start('before', BEFORE);
    expect(outputs['Serve.Url']).toBe(url);
    const stored = await fetch(`${url}/items/a`, {
      method: 'PUT',
      headers: { 'content-type': 'text/plain' },
      body: 'kept',
    });
    expect(stored.status).toBe(201);
    const expected = { greeting: 'hello', service: 'Alpha', found: [true], text: 'kept' };
    expect(await get(`${url}/items/a`)).toEqual({ status: 200, body: expected });
    expect((await get(`${url}/services/beta`)).body).toMatchObject({ service: 'Beta' });
    expect(await get(`${url}/services/gamma`)).toEqual({ status: 404, body: { message: 'Not Found' } });
  });

  it('follows a changed app over the same data: another route, variable, table and service', async () => {
    const { url } = await start('after', AFTER);
    expect((await get(`${url}/items/a`)).status).toBe(404);
    const kept = { greeting: 'good evening', service: 'Alpha', found: [true, false], text: 'kept' };
    expect(await get(`${url}/things/a`)).toEqual({ status: 200, body: kept });
    expect((await get(`${url}/services/gamma`)).body).toMatchObject({ service: 'Gamma' });
    await fetch(`${url}/things/b`, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'new' });
    expect((await get(`${url}/things/b`)).body).toMatchObject({ found: [true, true], text: 'new' });
  });
});
