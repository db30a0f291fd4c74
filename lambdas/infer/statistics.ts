import type * as z from 'zod';
import type { StatisticsAnswer } from '../../core/contracts/open-inference.ts';
import type { CountingModelServer } from '../../core/usecases/count-inferences.ts';
import { type HttpResult, json } from '../_shared/http.ts';
import { versionHeader } from './answer-headers.ts';
import type { ModelTarget } from './target.ts';

/** GET /v2/models[/{service}[/versions/{version}]]/stats: of the process that answers, and it says so. */
export async function stats(models: CountingModelServer, target?: ModelTarget): Promise<HttpResult> {
  // A name or version that does not exist is told, rather than answered by an empty list.
  const found = target && (await models.describe(target));
  const answer: z.infer<typeof StatisticsAnswer> = {
    model_stats: models.statistics.list(target, found?.version),
    scope: 'process',
    since: models.statistics.since.toISOString(),
  };
  return json(200, answer, found ? versionHeader(found.version) : {});
}
