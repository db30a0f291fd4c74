import middy from '@middy/core';
import type { ModelServer } from '../../core/usecases/serve-models.ts';
import { errorsToHttp } from '../_shared/errors-to-http.ts';
import { type HttpEvent, type HttpResult, json } from '../_shared/http.ts';
import * as openInference from './open-inference.ts';
import { invoke, sageMakerFailure } from './sagemaker.ts';
import { isSageMaker, parseTarget } from './target.ts';

export interface InferHandlerDependencies {
  readonly models: ModelServer;
  readonly newPredictionId: () => string;
  readonly log: (error: unknown, event: HttpEvent) => void;
  /** Where this process writes its log: told to SageMaker clients when a model fails. */
  readonly logStream: string;
}

/** Every inference route of one declared service, or of the pool. */
export const createHandler = ({ models, newPredictionId, log, logStream }: InferHandlerDependencies) =>
  middy<HttpEvent, HttpResult>()
    .use(
      errorsToHttp(log, (failure, event) =>
        isSageMaker(event)
          ? sageMakerFailure(failure, logStream)
          : json(failure.status, { error: failure.message, code: failure.code }),
      ),
    )
    .handler(async (event) => {
      const target = parseTarget(event);
      if (target.protocol === 'sagemaker') return invoke(models, target.service, event, newPredictionId());
      if (target.verb === 'infer') return openInference.infer(models, target, event, newPredictionId());
      return target.verb === 'ready' ? openInference.ready(models, target) : openInference.describe(models, target);
    });
