import type { Context } from 'aws-lambda';
import type { RunOptions } from '../../core/ports/model-runtime.ts';
import type { PredictionCapture } from '../../core/usecases/capture-predictions.ts';
import type { CountingModelServer } from '../../core/usecases/count-inferences.ts';
import { errorsToHttp, type Failure } from '../_shared/errors-to-http.ts';
import { type HttpEvent, type HttpResult, json } from '../_shared/http.ts';
import { toOffer } from './capture-answer.ts';
import { mlflowFailure, score } from './mlflow.ts';
import * as openInference from './open-inference.ts';
import { recordInference } from './record-inference.ts';
import { control } from './repository.ts';
import { invoke, sageMakerFailure } from './sagemaker.ts';
import { stats } from './statistics.ts';
import { parseTarget } from './target.ts';
import * as tfServing from './tf-serving.ts';

export interface InferHandlerDependencies {
  readonly models: CountingModelServer;
  readonly newPredictionId: () => string;
  readonly log: (error: unknown, event: HttpEvent) => void;
  /** Where this process writes its log: told to SageMaker clients when a model fails. */
  readonly logStream: string;
  /** Takes predictions for the captures, where the service has them. */
  readonly capture?: { readonly predictions: PredictionCapture; readonly subjectHeader?: string | undefined };
}

/** Every inference route of one declared service, or of the pool. */
export const createHandler = (dependencies: InferHandlerDependencies) => {
  const { log, logStream, capture } = dependencies;
  const handle = (event: HttpEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => {
    const models = withDeadline(dependencies.models, context);
    return capture
      ? answerAndCapture(event, { ...dependencies, models, capture })
      : answer(event, { ...dependencies, models });
  };
  return errorsToHttp(handle, { log, toResult: (failure, event) => toResult(failure, event, logStream) });
};

/** What is left of the function's time when an answer is written: Lambda ends a function without a word to its caller. */
const ANSWER_TAKES_MS = 300;

/** Models that are ended while there is still time to say so. */
function withDeadline<M extends CountingModelServer>(models: M, context: Pick<Context, 'getRemainingTimeInMillis'>): M {
  const options: RunOptions = { remainingMs: () => context.getRemainingTimeInMillis() - ANSWER_TAKES_MS };
  return { ...models, infer: (target, makeInputs) => models.infer(target, makeInputs, options) };
}

type AnswerDependencies = Pick<InferHandlerDependencies, 'models' | 'newPredictionId'>;

async function answer(event: HttpEvent, { models, newPredictionId }: AnswerDependencies): Promise<HttpResult> {
  const target = parseTarget(event);
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

/** Captures what was answered, whatever the protocol: a failed request is no prediction. */
async function answerAndCapture(
  event: HttpEvent,
  {
    models,
    newPredictionId,
    capture: { predictions, subjectHeader },
  }: AnswerDependencies & { capture: NonNullable<InferHandlerDependencies['capture']> },
): Promise<HttpResult> {
  const recorder = recordInference(models);
  const result = await answer(event, { models: recorder.models, newPredictionId });
  const inference = recorder.recorded();
  if (inference) {
    await predictions.offer(toOffer(event, result, { inference, eventId: newPredictionId(), subjectHeader }));
  }
  return result;
}

/** In the shape that the path's protocol has for errors. */
function toResult(failure: Failure, event: HttpEvent, logStream: string): HttpResult {
  const { path } = event.requestContext.http;
  if (path.startsWith('/endpoints/')) return sageMakerFailure(failure, logStream);
  if (path.startsWith('/models/')) return mlflowFailure(failure);
  return json(failure.status, { error: failure.message, code: failure.code });
}
