import type { GatewayResponse } from './function-response.ts';

/** An API's CORS configuration, as CloudFormation has it. */
export interface CorsConfiguration {
  readonly AllowOrigins?: readonly string[] | undefined;
  readonly AllowMethods?: readonly string[] | undefined;
  readonly AllowHeaders?: readonly string[] | undefined;
  readonly ExposeHeaders?: readonly string[] | undefined;
  readonly AllowCredentials?: boolean | undefined;
  readonly MaxAge?: number | undefined;
}

export function isAllowedOrigin({ AllowOrigins: origins = [] }: CorsConfiguration, origin: string): boolean {
  return origins.some((allowed) => allowed === '*' || allowed === origin || schemeMatches(allowed, origin));
}

/** Headers that API Gateway adds for an origin; none for an origin that is not allowed. */
export function corsHeaders(cors: CorsConfiguration, origin: string): Record<string, string> {
  if (!isAllowedOrigin(cors, origin)) return {};
  const any = cors.AllowOrigins?.includes('*') === true;
  return {
    'access-control-allow-origin': any && cors.AllowCredentials !== true ? '*' : origin,
    ...(cors.AllowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}),
    ...list('access-control-expose-headers', cors.ExposeHeaders),
  };
}

/** The whole answer to a preflight request, which never reaches an integration. */
export function preflightHeaders(cors: CorsConfiguration, origin: string): Record<string, string> {
  const common = corsHeaders(cors, origin);
  if (common['access-control-allow-origin'] === undefined) return {};
  return {
    ...common,
    ...list('access-control-allow-methods', cors.AllowMethods),
    ...list('access-control-allow-headers', cors.AllowHeaders),
    ...(cors.MaxAge === undefined ? {} : { 'access-control-max-age': String(cors.MaxAge) }),
  };
}

/** API Gateway ignores CORS headers of the integration where the API has a configuration of its own. */
export function withCors(reply: GatewayResponse, cors: Record<string, string>): GatewayResponse {
  const own = Object.entries(reply.headers).filter(([name]) => !name.startsWith('access-control-'));
  return { ...reply, headers: { ...Object.fromEntries(own), ...cors } };
}

// AWS takes `https://*` and `http://*` as patterns.
const schemeMatches = (pattern: string, origin: string): boolean =>
  pattern.endsWith('://*') && origin.startsWith(pattern.slice(0, -1));

const list = (name: string, values: readonly string[] | undefined): Record<string, string> =>
  values === undefined || values.length === 0 ? {} : { [name]: values.join(',') };
