import middy from '@middy/core';
import type { CountingModelServer } from '../../core/usecases/count-inferences.ts';
import { errorsToHttp, type Failure } from '../_shared/errors-to-http.ts';
import { type HttpEvent, type HttpResult, json } from '../_shared/http.ts';
import { mlflowFailure, score } from './mlflow.ts';
import * as openInference from './open-inference.ts';
import { control } from './repository.ts';
import { invoke, sageMakerFailure } from './sagemaker.ts';
import { stats } from './statistics.ts';
import { parseTarget, type Target } from './target.ts';
import * as tfServing from './tf-serving.ts';

export interface InferHandlerDependencies {
  readonly models: CountingModelServer;
  readonly newPredictionId: () => string;
  readonly log: (error: unknown, event: HttpEvent) => void;
  /** Where this process writes its log: told to SageMaker clients when a model fails. */
  readonly logStream: string;
}

/** Every inference route of one declared service, or of the pool. */
export const createHandler = ({ models, newPredictionId, log, logStream }: InferHandlerDependencies) =>
  middy<HttpEvent, HttpResult>()
    .use(errorsToHttp(log, (failure, event) => toResult(failure, event, logStream)))
    .handler((event) => answer(models, parseTarget(event), event, newPredictionId));

async function answer(
  models: CountingModelServer,
  target: Target,
  event: HttpEvent,
  newPredictionId: () => string,
): Promise<HttpResult> {
  switch (target.protocol) {
    case 'open-inference':
      if (target.verb === 'infer') return openInference.infer(models, target, event, newPredictionId());
      if (target.verb === 'stats') return stats(models, target);
      return target.verb === 'ready' ? openInference.ready(models, target) : openInference.describe(models, target);
    case 'sagemaker':
      return invoke(models, target.service, event, newPredictionId());
    case 'tf-serving':
      if (target.verb === 'predict') return tfServing.predict(models, target, event, newPredictionId());
      return target.verb === 'status' ? tfServing.status(models, target) : tfServing.metadata(models, target);
    case 'mlflow':
      return score(models, target.service, event, newPredictionId());
    case 'repository':
      return control(models, target, event);
    case 'statistics':
      return stats(models);
  }
}

/** In the shape that the path's protocol has for errors. */
function toResult(failure: Failure, event: HttpEvent, logStream: string): HttpResult {
  const { path } = event.requestContext.http;
  if (path.startsWith('/endpoints/')) return sageMakerFailure(failure, logStream);
  if (path.startsWith('/models/')) return mlflowFailure(failure);
  return json(failure.status, { error: failure.message, code: failure.code });
}
