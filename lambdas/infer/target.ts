import { VersionNumber } from '../../core/contracts/api.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { HttpEvent } from '../_shared/http.ts';

/** What a path asks for. */
export type Target = { readonly service: string; readonly version?: number | undefined } & (
  | { readonly protocol: 'open-inference'; readonly verb: 'describe' | 'ready' | 'infer' }
  | { readonly protocol: 'sagemaker' }
);

const OPEN_INFERENCE = /^\/v2\/models\/(?<service>[^/]+)(?:\/versions\/(?<version>[^/]+))?(?:\/(?<verb>ready|infer))?$/;
const SAGEMAKER = /^\/endpoints\/(?<service>[^/]+)\/invocations$/;

/**
 * Reads the path itself rather than path parameters: a declared service's routes spell its name out, the pool's do not,
 * and one bundle answers both.
 *
 * @throws `request.route_not_found`, `registry.version_not_found` for a version that is no number
 */
export function parseTarget(event: HttpEvent): Target {
  const { method, path } = event.requestContext.http;
  const open = OPEN_INFERENCE.exec(path)?.groups;
  const verb = open?.['verb'] ?? 'describe';
  if (open && (verb === 'infer') === (method === 'POST')) {
    const service = decode(open['service']);
    return {
      protocol: 'open-inference',
      verb: verb as 'describe',
      service,
      version: parseVersion(service, open['version']),
    };
  }
  const sagemaker = SAGEMAKER.exec(path)?.groups;
  if (sagemaker && method === 'POST') return { protocol: 'sagemaker', service: decode(sagemaker['service']) };
  throw new PlatformError('request.route_not_found', {
    message: `there is nothing at ${method} ${path}`,
    details: { method, path },
  });
}

/** Whose shape of errors the caller expects. */
export const isSageMaker = (event: HttpEvent): boolean => event.requestContext.http.path.startsWith('/endpoints/');

function parseVersion(service: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const version = /^\d{1,8}$/.test(text) ? VersionNumber.safeParse(Number(text)) : undefined;
  if (version?.success) return version.data;
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
