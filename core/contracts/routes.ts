/** Routes of the HTTP API: `lib` creates them, the handlers answer them, each by the same key. */

export const CONTROL_ROUTES = [
  'GET /v2',
  'GET /v2/health/live',
  'GET /v2/health/ready',
  'GET /api/services',
  'GET /api/services/{service}',
  'POST /api/services/{service}/uploads',
  'GET /api/services/{service}/versions',
  'POST /api/services/{service}/versions',
  'GET /api/services/{service}/versions/{version}',
  'GET /api/services/{service}/rollouts',
  'POST /api/services/{service}/rollouts',
  'GET /api/services/{service}/rollouts/{id}',
  'POST /api/services/{service}/rollback',
] as const;
export type ControlRoute = (typeof CONTROL_ROUTES)[number];

/** What an inference function answers for one service, `{service}` being its name; the pool answers them as they stand. */
export const INFERENCE_ROUTES = [
  'GET /v2/models/{service}',
  'GET /v2/models/{service}/ready',
  'POST /v2/models/{service}/infer',
  'GET /v2/models/{service}/versions/{version}',
  'GET /v2/models/{service}/versions/{version}/ready',
  'POST /v2/models/{service}/versions/{version}/infer',
  'POST /endpoints/{service}/invocations',
] as const;

/** Whatever no other route matches: the control function answers it, so that a wrong path gets a typed 404, too. */
export const FALLBACK_ROUTE = '$default';

/**
 * The routes of one declared service: its name written out, so that API Gateway prefers them to the pool's.
 *
 * Seven rather than one `ANY /v2/models/fraud/{proxy+}`: IAM can then allow `infer` alone, and logs and metrics name the
 * route. The price is room for 34 declared services in an API of 300 routes; the pool takes any number.
 */
export const inferenceRoutesOf = (service: string): string[] =>
  INFERENCE_ROUTES.map((route) => route.replace('{service}', service));
