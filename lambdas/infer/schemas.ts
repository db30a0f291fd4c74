import { InferEnvironment, parseEnvironment } from '../../core/contracts/environment.ts';
import { ScoringRequest } from '../../core/contracts/mlflow.ts';
import { InferRequest, RepositoryModelRequest } from '../../core/contracts/open-inference.ts';
import { PredictRequest } from '../../core/contracts/tf-serving.ts';
import { parseValue } from '../_shared/parse-request.ts';

/**
 * The contracts themselves, for what the readers of core/contracts/quick leave to them: mistakes, mostly. A file of its own
 * that is loaded at the first of these, because zod takes 15 ms of a cold start.
 */

export const parseInferRequest = (value: unknown): InferRequest => parseValue(InferRequest, value);
export const parsePredictRequest = (value: unknown): PredictRequest => parseValue(PredictRequest, value);
export const parseScoringRequest = (value: unknown): ScoringRequest => parseValue(ScoringRequest, value);
export const parseRepositoryRequest = (value: unknown): object => parseValue(RepositoryModelRequest, value);
export const parseInferEnvironment = (variables: Record<string, string | undefined>): InferEnvironment =>
  parseEnvironment(InferEnvironment, variables);
