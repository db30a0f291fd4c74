import middy from '@middy/core';
import type { PredictionCapture } from '../../core/usecases/capture-predictions.ts';
import type { ModelServer } from '../../core/usecases/serve-models.ts';
import { errorsToHttp } from '../_shared/errors-to-http.ts';
import { type HttpEvent, type HttpResult, json } from '../_shared/http.ts';
import { toOffer } from './capture-answer.ts';
import * as openInference from './open-inference.ts';
import { recordInference } from './record-inference.ts';
import { invoke, sageMakerFailure } from './sagemaker.ts';
import { isSageMaker, parseTarget } from './target.ts';

export interface InferHandlerDependencies {
  readonly models: ModelServer;
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
  return middy<HttpEvent, HttpResult>()
    .use(
      errorsToHttp(log, (failure, event) =>
        isSageMaker(event)
          ? sageMakerFailure(failure, logStream)
          : json(failure.status, { error: failure.message, code: failure.code }),
      ),
    )
    .handler((event) =>
      capture ? answerAndCapture(event, { ...dependencies, capture }) : answer(event, dependencies),
    );
};

type AnswerDependencies = Pick<InferHandlerDependencies, 'models' | 'newPredictionId'>;

async function answer(event: HttpEvent, { models, newPredictionId }: AnswerDependencies): Promise<HttpResult> {
  const target = parseTarget(event);
  if (target.protocol === 'sagemaker') return invoke(models, target.service, event, newPredictionId());
  if (target.verb === 'infer') return openInference.infer(models, target, event, newPredictionId());
  return target.verb === 'ready' ? openInference.ready(models, target) : openInference.describe(models, target);
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
