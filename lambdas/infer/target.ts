import { isVersionNumber } from '../../core/contracts/version-number.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { HttpEvent } from '../_shared/http.ts';

/** What a path asks for. */
export type Target =
  | { readonly protocol: 'statistics' }
  | (ModelTarget &
      (
        | { readonly protocol: 'open-inference'; readonly verb: 'describe' | 'ready' | 'stats' | 'infer' }
        | { readonly protocol: 'repository'; readonly verb: 'load' | 'unload' }
        | { readonly protocol: 'tf-serving'; readonly verb: 'status' | 'metadata' | 'predict' }
        | { readonly protocol: 'sagemaker' | 'mlflow' }
      ));

export interface ModelTarget {
  readonly service: string;
  readonly version?: number | undefined;
}

type Groups = Readonly<Record<string, string | undefined>>;

/** A method with a pattern of its paths, and what they ask for. */
interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly target: (groups: Groups) => Target;
}

const OPEN_INFERENCE = '/v2/models/(?<service>[^/]+)(?:/versions/(?<version>[^/]+))?';
const TF_SERVING = '/v1/models/(?<service>[^/:]+)(?:/versions/(?<version>[^/:]+))?';

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);

/** The first that fits decides. */
const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: whole(`${OPEN_INFERENCE}/infer`),
    target: (groups) => ({ protocol: 'open-inference', verb: 'infer', ...readModel(groups) }),
  },
  { method: 'GET', path: whole('/v2/models/stats'), target: () => ({ protocol: 'statistics' }) },
  {
    method: 'GET',
    path: whole(`${OPEN_INFERENCE}(?:/(?<verb>ready|stats))?`),
    target: (groups) => {
      const verb = (groups['verb'] ?? 'describe') as 'describe' | 'ready' | 'stats';
      return { protocol: 'open-inference', verb, ...readModel(groups) };
    },
  },
  {
    method: 'POST',
    path: whole('/endpoints/(?<service>[^/]+)/invocations'),
    target: (groups) => ({ protocol: 'sagemaker', ...readModel(groups) }),
  },
  {
    method: 'POST',
    path: whole('/models/(?<service>[^/]+)/invocations'),
    target: (groups) => ({ protocol: 'mlflow', ...readModel(groups) }),
  },
  {
    method: 'POST',
    path: whole(`${TF_SERVING}:predict`),
    target: (groups) => ({ protocol: 'tf-serving', verb: 'predict', ...readModel(groups) }),
  },
  {
    method: 'GET',
    path: whole(`${TF_SERVING}(?<metadata>/metadata)?`),
    target: (groups) => {
      const verb = groups['metadata'] === undefined ? 'status' : 'metadata';
      return { protocol: 'tf-serving', verb, ...readModel(groups) };
    },
  },
  {
    method: 'POST',
    path: whole('/v2/repository/models/(?<service>[^/]+)/(?<verb>load|unload)'),
    target: (groups) => ({ protocol: 'repository', verb: groups['verb'] as 'load', ...readModel(groups) }),
  },
];

/**
 * Reads the path itself rather than path parameters: a declared service's routes spell its name out, the pool's do not,
 * and one bundle answers both.
 *
 * @throws `request.route_not_found`, `registry.version_not_found` for a version that is no number
 */
export function parseTarget(event: HttpEvent): Target {
  const { method, path } = event.requestContext.http;
  for (const route of ROUTES) {
    const groups = route.method === method ? route.path.exec(path) : null;
    if (groups) return route.target(groups.groups ?? {});
  }
  throw new PlatformError('request.route_not_found', {
    message: `there is nothing at ${method} ${path}`,
    details: { method, path },
  });
}

function readModel({ service: name, version }: Groups): ModelTarget {
  const service = decode(name);
  return { service, version: parseVersion(service, version) };
}

function parseVersion(service: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const version = /^\d{1,8}$/.test(text) ? Number(text) : undefined;
  if (isVersionNumber(version)) return version;
  throw new PlatformError('registry.version_not_found', {
    message: `Request for unknown model: ${JSON.stringify(service)} has no version ${JSON.stringify(text)}; versions are numbers from 1`,
    details: { service, version: Number.NaN },
  });
}

function decode(segment: string | undefined): string {
  try {
    return decodeURIComponent(segment ?? '');
  } catch {
    return segment ?? '';
  }
}
