/** Typed HTTP client of a local or a deployed Keelson. */
export { ApiFailure } from './api-failure.ts';
export { findAwsCredentials } from './aws-credentials.ts';
export { bearerToken } from './bearer-token.ts';
export { chooseSigner } from './choose-signer.ts';
export { ConnectionFailure } from './connection-failure.ts';
export { CredentialsFailure } from './credentials-failure.ts';
export { createKeelsonClient, type InferenceAnswer, type KeelsonClient, type Registration } from './keelson-client.ts';
export { ModelFileFailure } from './model-file-failure.ts';
export type { ModelSource, OnProgress } from './model-source.ts';
export type { BaselineSource } from './register-model.ts';
export type { Sign } from './send.ts';
