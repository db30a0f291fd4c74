import { isFields } from '../../core/contracts/quick/guards.ts';
import type { ModelServer } from '../../core/usecases/serve-models.ts';
import { type HttpEvent, type HttpResult, json } from '../_shared/http.ts';
import { parseJsonBody } from '../_shared/parse-json-body.ts';
import { readText } from '../_shared/read-body.ts';
import { versionHeader } from './answer-headers.ts';
import type { ModelTarget } from './target.ts';

/**
 * The model repository extension. Which version serves is decided by rollouts alone; these two are about memory: `load`
 * brings the version that serves into it, `unload` gives its memory back until the next request.
 */

/** POST /v2/repository/models/{service}/load and /unload */
export async function control(
  models: ModelServer,
  { verb, ...target }: ModelTarget & { readonly verb: 'load' | 'unload' },
  event: HttpEvent,
): Promise<HttpResult> {
  const value = parseJsonBody(readText(event));
  if (!isFields(value)) (await import('./schemas.ts')).parseRepositoryRequest(value);
  const version = verb === 'load' ? await models.ready(target) : await models.unload(target.service);
  return json(200, {}, versionHeader(version));
}
