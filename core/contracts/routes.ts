/** Routes of the HTTP API: `lib` creates them, the handlers answer them, each by the same key. */

export const CONTROL_ROUTES = [
  'GET /openapi.json',
  'GET /metrics',
  'GET /v2',
  'GET /v2/health/live',
  'GET /v2/health/ready',
  'GET /v2/models',
  'GET /v1/models',
  'POST /v2/repository/index',
  'GET /api/services',
  'GET /api/services/{service}',
  'POST /api/services/{service}/uploads',
  'GET /api/services/{service}/versions',
  'POST /api/services/{service}/versions',
  'GET /api/services/{service}/versions/{version}',
  'GET /api/services/{service}/versions/{version}/baseline',
  'POST /api/services/{service}/versions/{version}/baseline',
  'DELETE /api/services/{service}/versions/{version}/quarantine',
  'GET /api/services/{service}/quarantine',
  'GET /api/services/{service}/rollouts',
  'POST /api/services/{service}/rollouts',
  'GET /api/services/{service}/rollouts/{id}',
  'POST /api/services/{service}/rollback',
  'POST /api/services/{service}/labels',
  'GET /api/services/{service}/windows',
  'GET /api/services/{service}/windows/{id}',
  'GET /api/services/{service}/alarms',
] as const;
export type ControlRoute = (typeof CONTROL_ROUTES)[number];

/** TensorFlow Serving's verb stands in the same path segment as the name, and a path parameter spans whole segments. */
const PREDICT = 'POST /v1/models/{service}:predict';

/**
 * What an inference function answers for one service, `{service}` being its name.
 *
 * What only reads has one greedy route a protocol, what computes a route each: IAM can allow `infer` alone, logs and
 * metrics name the route, and an API of 300 routes still has room for services (decision 0013).
 */
export const INFERENCE_ROUTES = [
  'GET /v2/models/{service}',
  'GET /v2/models/{service}/{path+}',
  'POST /v2/models/{service}/infer',
  'POST /v2/models/{service}/versions/{version}/infer',
  'POST /v2/repository/models/{service}/{action}',
  'GET /v1/models/{service}',
  'GET /v1/models/{service}/{path+}',
  PREDICT,
  'POST /v1/models/{service}/versions/{version}',
  'POST /endpoints/{service}/invocations',
  'POST /models/{service}/invocations',
] as const;

/**
 * The pool's routes: as they stand, except that `{service}` takes the name with its verb (`fraud:predict`); and the
 * statistics of every model that the pool has served.
 */
export const POOL_ROUTES: readonly string[] = [
  ...INFERENCE_ROUTES.map((route) => (route === PREDICT ? route.replace(':predict', '') : route)),
  'GET /v2/models/stats',
];

/** Whatever no other route matches: the control function answers it, so that a wrong path gets a typed 404, too. */
export const FALLBACK_ROUTE = '$default';

/** The routes of one declared service: its name written out, so that API Gateway prefers them to the pool's. */
export const inferenceRoutesOf = (service: string): string[] =>
  INFERENCE_ROUTES.map((route) => route.replace('{service}', service));
