import { describe, it } from 'vitest';
import { describeHttpApi, type HttpApiApp, type OpenedHttpApi } from '../../contracts/services/http-api.contract.ts';
import { createMotoFunctions, startMotoHarness, whyNoMotoHarness } from '../../support/moto-harness.ts';

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0';

/** The control plane's REST calls, for which no client is installed here. */
async function post(url: string, path: string, body: Record<string, unknown>): Promise<Record<string, string>> {
  const headers = { authorization: SIGNED, 'content-type': 'application/json' };
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`moto answered ${response.status} to ${path}: ${await response.text()}`);
  return (await response.json()) as Record<string, string>;
}

async function openOnMoto(app: HttpApiApp): Promise<OpenedHttpApi> {
  const { url, stop } = await startMotoHarness();
  const arns = await createMotoFunctions(url, app.functions);
  const { apiId } = await post(url, '/v2/apis', { name: 'contract', protocolType: 'HTTP' });
  for (const [routeKey, name] of Object.entries(app.routes)) {
    const { integrationId } = await post(url, `/v2/apis/${apiId}/integrations`, {
      integrationType: 'AWS_PROXY',
      integrationUri: arns[name],
      payloadFormatVersion: '2.0',
    });
    await post(url, `/v2/apis/${apiId}/routes`, { routeKey, target: `integrations/${integrationId}` });
  }
  return { url, hostHeader: `${apiId}.execute-api.us-east-1.amazonaws.com`, close: stop };
}

const BASE64 = 'the launcher decides by the bytes, AWS by the content type';
const DEVIATIONS = {
  'decodes path parameters': 'the launcher reads UTF-8 as Latin-1',
  'keeps the raw query string and joins repeated parameters by commas':
    'the launcher keeps the last of repeated parameters',
  'takes cookies out of the headers into a list': 'the launcher has no cookies',
  'hands on status, headers and cookies': 'the launcher has no cookies',
  'hands on a body of application/octet-stream as base64': BASE64,
  'hands on a body of application/x-www-form-urlencoded as base64': BASE64,
  'hands on a body of application/vnd.api+json as base64': BASE64,
  'hands on a body of no content type as base64': BASE64,
  'calls a body without a content type plain text': 'the launcher calls it JSON',
  'fails an answer whose body is no text with 500': 'the launcher turns it into JSON',
};

const reason = whyNoMotoHarness();
if (reason === undefined) describeHttpApi('moto', openOnMoto, DEVIATIONS);
else describe('HTTP API: moto', () => it.skip(`(skipped: ${reason})`, () => undefined));
