import { FEATURES } from './models.ts';

/** One row as a client of the Open Inference Protocol sends it, in the event of an HTTP API. */
export function requestEvent(service: string): Record<string, unknown> {
  const data = Array.from({ length: FEATURES }, (_, feature) => Number(Math.sin(feature + 1).toFixed(6)));
  const path = `/v2/models/${service}/infer`;
  return {
    version: '2.0',
    routeKey: 'POST /v2/models/{service}/infer',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { requestId: 'bench', timeEpoch: 0, http: { method: 'POST', path } },
    body: JSON.stringify({ inputs: [{ name: 'input', shape: [1, FEATURES], datatype: 'FP32', data }] }),
    isBase64Encoded: false,
  };
}
