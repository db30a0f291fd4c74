import type { Context } from 'aws-lambda';
import type { RunOptions } from '../../core/ports/model-runtime.ts';
import type { PredictionCapture } from '../../core/usecases/capture-predictions.ts';
import type { CountingModelServer } from '../../core/usecases/count-inferences.ts';
import { toFailure } from '../_shared/errors-to-http.ts';
import type { HttpEvent, HttpResult } from '../_shared/http.ts';
import { protocolFailure } from '../_shared/protocol-failure.ts';
import { toOffer } from './capture-answer.ts';
import * as openInference from './open-inference.ts';
import { recordInference } from './record-inference.ts';
import { control } from './repository.ts';
import { type RequestTrace, traceRequest } from './request-trace.ts';
import { readRouteKey } from './route-key.ts';
import { stats } from './statistics.ts';
import { parseTarget } from './target.ts';

export interface InferHandlerDependencies {
  readonly models: CountingModelServer;
  readonly newPredictionId: () => string;
  readonly log: (error: unknown, event: HttpEvent) => void;
  /** Where this process writes its log: told to SageMaker clients when a model fails. */
  readonly logStream: string;
  /** Takes predictions for the captures, where the service has them. */
  readonly capture?: {
    readonly predictions: PredictionCapture;
    readonly subjectHeader?: string | undefined;
    /** Counts a request that failed by no fault of the caller, where alarms see it. */
    readonly countFailure: () => void;
  };
}

/** Every inference route of one declared service, or of the pool. */
export const createHandler = (dependencies: InferHandlerDependencies) => {
  const { log, logStream, capture, newPredictionId } = dependencies;
  return async (event: HttpEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<HttpResult> => {
    const trace = traceRequest(event, newPredictionId);
    const recorder = recordInference(withDeadline(dependencies.models, context), () => readRouteKey(event));
    try {
      const result = await answer(event, recorder.models, trace);
      const inference = recorder.recorded();
      // A failed request is no prediction.
      if (capture && inference) {
        const { predictions, subjectHeader } = capture;
        await predictions.offer(toOffer(event, result, { inference, eventId: newPredictionId(), subjectHeader }));
      }
      return result;
    } catch (error) {
      // What was wrong with a tensor stands in the message; no protocol has a place for more.
      const { details: _, ...failure } = toFailure(error);
      if (failure.status >= 500) {
        log(error, event);
        capture?.countFailure();
      }
      const result = protocolFailure(failure, event.requestContext.http.path, logStream);
      return { ...result, headers: { ...result.headers, ...trace.failureHeaders(error, recorder.version()) } };
    }
  };
};

/** What is left of the function's time when an answer is written: Lambda ends a function without a word to its caller. */
const ANSWER_TAKES_MS = 500;

/** Models that are ended while there is still time to say so. */
function withDeadline<M extends CountingModelServer>(models: M, context: Pick<Context, 'getRemainingTimeInMillis'>): M {
  const options: RunOptions = { remainingMs: () => context.getRemainingTimeInMillis() - ANSWER_TAKES_MS };
  return { ...models, infer: (target, makeInputs) => models.infer(target, makeInputs, options) };
}

/** Protocols are files of their own, but for the one that most clients speak: a cold start reads what it needs. */
async function answer(event: HttpEvent, models: CountingModelServer, trace: RequestTrace): Promise<HttpResult> {
  const target = parseTarget(event);
  switch (target.protocol) {
    case 'open-inference':
      if (target.verb === 'infer') return openInference.infer(models, target, { event, trace });
      if (target.verb === 'stats') return stats(models, target);
      return target.verb === 'ready' ? openInference.ready(models, target) : openInference.describe(models, target);
    case 'sagemaker':
      return (await import('./sagemaker.ts')).invoke(models, target.service, { event, trace });
    case 'tf-serving': {
      const { predict, status, metadata } = await import('./tf-serving.ts');
      if (target.verb === 'predict') return predict(models, target, { event, trace });
      return target.verb === 'status' ? status(models, target) : metadata(models, target);
    }
    case 'mlflow':
      return (await import('./mlflow.ts')).score(models, target.service, { event, trace });
    case 'repository':
      return control(models, target, event);
    case 'statistics':
      return stats(models);
  }
}
