import * as z from 'zod';
import * as alarms from '../alarms.ts';
import * as api from '../api.ts';
import * as baselines from '../baselines.ts';
import * as labels from '../labels.ts';
import * as mlflow from '../mlflow.ts';
import * as openInference from '../open-inference.ts';
import * as sageMaker from '../sagemaker.ts';
import * as tfServing from '../tf-serving.ts';
import * as windows from '../windows.ts';

/** A request as it is sent: what has a default may be left out. */
const sent = <S extends z.ZodType>(schema: S) => ({ schema, io: 'input' }) as const;
/** What has been checked: the same for requests without defaults, and the only form of what is counted before it is checked. */
const told = <S extends z.ZodType>(schema: S) => ({ schema, io: 'output' }) as const;

/** Every schema of the HTTP API by its name in the document. */
export const SCHEMAS = {
  ApiError: told(api.ApiError),
  UploadRequest: sent(api.UploadRequest),
  UploadAnswer: told(api.UploadAnswer),
  RegisterRequest: sent(api.RegisterRequest),
  ModelVersion: told(api.ModelVersion),
  VersionList: told(api.VersionList),
  ServiceSummary: told(api.ServiceSummary),
  ServiceList: told(api.ServiceList),
  RolloutRequest: sent(api.RolloutRequest),
  Rollout: told(api.Rollout),
  RolloutList: told(api.RolloutList),
  QuarantineList: told(api.QuarantineList),
  QuarantineRelease: told(api.QuarantineRelease),
  LabelBatch: sent(labels.LabelBatch),
  LabelReport: told(labels.LabelReport),
  BaselineRequest: sent(baselines.BaselineRequest),
  BaselineJob: told(baselines.BaselineJob),
  AlarmList: told(alarms.AlarmList),
  WindowList: told(windows.WindowList),
  WindowReport: told(windows.WindowReport),
  OpenApiDocument: told(z.looseObject({ openapi: z.string() })),

  ServerMetadata: told(openInference.ServerMetadata),
  ServerLive: told(openInference.ServerLive),
  ServerReady: told(openInference.ServerReady),
  ModelList: told(openInference.ModelList),
  ModelMetadata: told(openInference.ModelMetadata),
  ModelReady: told(openInference.ModelReady),
  InferRequest: told(openInference.InferRequest),
  InferResponse: told(openInference.InferResponse),
  StatisticsAnswer: told(openInference.StatisticsAnswer),
  RepositoryIndexRequest: sent(openInference.RepositoryIndexRequest),
  RepositoryIndex: told(openInference.RepositoryIndex),
  RepositoryModelRequest: sent(openInference.RepositoryModelRequest),
  RepositoryModelAnswer: told(z.object({})),

  InvokeRequest: sent(sageMaker.InvokeRequest),
  InvokeResponse: told(sageMaker.InvokeResponse),
  RuntimeError: told(sageMaker.RuntimeError),

  PredictRequest: told(tfServing.PredictRequest),
  PredictResponse: told(tfServing.PredictResponse),
  TensorFlowModelStatus: told(tfServing.ModelStatus),
  TensorFlowModelMetadata: told(tfServing.ModelMetadata),

  ScoringRequest: told(mlflow.ScoringRequest),
  ScoringResponse: told(mlflow.ScoringResponse),
  ScoringError: told(mlflow.ScoringError),
} as const;
export type SchemaName = keyof typeof SCHEMAS;
