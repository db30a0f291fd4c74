import type { BaselineTask } from '../contracts/admission.ts';
import type { ModelVersion, RegisterRequest } from '../contracts/api.ts';
import { REGISTRATION_LIMIT_MS } from '../contracts/limits.ts';
import { artifactKey, baselineOf, preparedBaseline, preparedBaselines } from '../contracts/object-keys.ts';
import type { AdmissionBudget } from '../domain/admission/admission-budget.ts';
import { isPlatformError, PlatformError } from '../domain/errors.ts';
import type { ModelSignature, TensorSignature } from '../domain/inference/signature.ts';
import { prepareModel } from '../domain/onnx/prepare-model.ts';
import type { BaselineStore } from '../ports/baseline-store.ts';
import type { ModelAdmission } from '../ports/model-admission.ts';
import type { Idempotency, ModelRegistry } from '../ports/model-registry.ts';
import { type OpenModelDependencies, openModel } from './open-model.ts';

export interface RegisterVersionDependencies extends OpenModelDependencies {
  readonly registry: ModelRegistry;
  readonly admission: ModelAdmission;
  readonly baselines: Pick<BaselineStore, 'copy'>;
  /** What a model may take of the function that serves the service. */
  readonly budgetOf: (service: string) => AdmissionBudget;
  readonly monotonicMs: () => number;
}

export interface RegisterVersionContext {
  readonly now: number;
  readonly idempotency?: Idempotency | undefined;
}

/**
 * Registers an uploaded model as the service's next version.
 *
 * The order keeps every failure harmless: the artifact is stored under its content's hash before anybody tries it out, and the
 * registry's one transaction names it after it was admitted. So a version that exists was looked at and can always be read; a
 * refusal or a crash leaves at most an artifact nobody names, and the upload for another try, which expires by itself.
 *
 * @throws `admission.*` for a model that the service has no room for, or that nobody could look at
 */
export const registerVersion =
  (dependencies: RegisterVersionDependencies) =>
  async (
    service: string,
    request: RegisterRequest,
    { now, idempotency }: RegisterVersionContext,
  ): Promise<ModelVersion> => {
    const { artifacts, registry, admission, budgetOf, monotonicMs } = dependencies;
    const startedMs = monotonicMs();
    const earlier = await findEarlier(registry, service, idempotency);
    if (earlier) return publishBaseline(dependencies, earlier);
    const opened = await openModel(dependencies, service, request).catch(async (error: unknown) => {
      const isGone = isPlatformError(error) && error.code === 'artifact.not_uploaded';
      // A rival with the same key may have registered and removed it in the meantime.
      const rival = isGone ? await findEarlier(registry, service, idempotency) : undefined;
      if (rival) return { rival };
      throw error;
    });
    if ('rival' in opened) return publishBaseline(dependencies, opened.rival);
    const { uploaded, externalData } = opened;
    const prepared = prepareModel(opened.whole);
    const rewritten = prepared.bytes !== uploaded;
    const task = baselineTask(dependencies, service, { request, prepared });
    const servedHash = rewritten ? sha256Of(dependencies, prepared.bytes) : request.sha256;
    const draft: Omit<ModelVersion, 'version'> = {
      service,
      sha256: request.sha256,
      bytes: uploaded.length,
      ...(externalData.length > 0 && { externalData }),
      artifact: { sha256: servedHash, bytes: prepared.bytes.length, key: artifactKey(servedHash) },
      signature: toContract(overrideShapes(prepared.signature, request.signature ?? {})),
      ...(Object.keys(prepared.classLabels).length > 0 && { classLabels: toLabels(prepared.classLabels) }),
      metadata: { ...prepared.metadata },
      metrics: request.metrics ?? {},
      lineage: request.lineage ?? {},
      ...(task && { baseline: task.folder }),
      ...(typeof request.baseline === 'string' && { baseline: request.baseline }),
      notes: [...opened.notes, ...prepared.notes],
      registeredAt: new Date(now).toISOString(),
    };
    checkSize(draft);
    await artifacts.putArtifact(request.sha256, uploaded);
    if (rewritten) await artifacts.putArtifact(servedHash, prepared.bytes);
    const { notes, ...admitted } = await admission.admit(
      {
        service,
        sha256: servedHash,
        signature: draft.signature,
        budget: budgetOf(service),
        ...(task && { baseline: task }),
      },
      { withinMs: startedMs + REGISTRATION_LIMIT_MS - monotonicMs() },
    );
    const version = await registry.appendVersion(
      { ...draft, ...admitted, notes: [...draft.notes, ...notes] },
      idempotency,
    );
    await publishBaseline(dependencies, version);
    const uploadIds = task ? [...opened.uploadIds, task.uploadId] : opened.uploadIds;
    for (const uploadId of uploadIds) await artifacts.removeUpload(service, uploadId);
    return version;
  };

/** What is to be made of an uploaded baseline, and where it is written until its version has a number. */
function baselineTask(
  dependencies: OpenModelDependencies,
  service: string,
  { request, prepared }: { request: RegisterRequest; prepared: ReturnType<typeof prepareModel> },
): BaselineTask | undefined {
  if (typeof request.baseline !== 'object') return undefined;
  const { uploadId: _, ...made } = request.baseline;
  const { metadata, classLabels } = prepared;
  const features = metadata['feature_names'];
  const of = JSON.stringify({ model: request.sha256, signature: request.signature, ...made });
  return {
    ...request.baseline,
    folder: preparedBaseline(service, sha256Of(dependencies, new TextEncoder().encode(of))),
    metadata: features === undefined ? {} : { feature_names: features },
    ...(Object.keys(classLabels).length > 0 && { classLabels: toLabels(classLabels) }),
  };
}

/**
 * Puts a version's baseline where its number says. The record itself names where it was prepared: should this fail, nothing is lost,
 * and the same request once more makes up for it.
 */
async function publishBaseline(
  { baselines }: RegisterVersionDependencies,
  version: ModelVersion,
): Promise<ModelVersion> {
  const { service, baseline } = version;
  const isPrepared = baseline?.startsWith(preparedBaselines(service)) === true;
  if (isPrepared) await baselines.copy(baseline, baselineOf(service, version.version));
  return version;
}

function sha256Of({ createHash }: OpenModelDependencies, bytes: Uint8Array): string {
  const hash = createHash('sha256');
  hash.update(bytes);
  return hash.digest();
}

/** A record is one DynamoDB item, which takes 400 KB with its keys and attribute names. */
const RECORD_LIMIT_BYTES = 350_000;

function checkSize(draft: Omit<ModelVersion, 'version'>): void {
  const bytes = new TextEncoder().encode(JSON.stringify(draft)).length;
  if (bytes <= RECORD_LIMIT_BYTES) return;
  throw new PlatformError('onnx.unsupported', {
    message: `the version's record (tensors, class labels, the file's metadata, metrics, lineage) has ${bytes} bytes; at most ${RECORD_LIMIT_BYTES} are taken: remove metadata_props from the model`,
    details: { what: 'a large record' },
  });
}

/** The version that the same request led to before. */
async function findEarlier(
  registry: ModelRegistry,
  service: string,
  idempotency: Idempotency | undefined,
): Promise<ModelVersion | undefined> {
  const earlier = idempotency && (await registry.findRequest(service, idempotency));
  return earlier?.version === undefined ? undefined : registry.findVersion(service, earlier.version);
}

/** Shapes that the caller corrects: names and datatypes stay what the file says, the number of dimensions too where it is known. */
function overrideShapes(
  signature: ModelSignature,
  overrides: NonNullable<RegisterRequest['signature']>,
): ModelSignature {
  const tensors = [...signature.inputs, ...signature.outputs];
  const problems = Object.entries(overrides).flatMap(([name, { shape }]) => {
    const tensor = tensors.find((candidate) => candidate.name === name);
    if (!tensor) return [`signature: the model has no tensor ${JSON.stringify(name)}`];
    const fits = tensor.anyRank || tensor.shape.length === shape.length;
    return fits
      ? []
      : [`signature: ${JSON.stringify(name)} has ${tensor.shape.length} dimensions, got ${shape.length}`];
  });
  if (problems.length > 0)
    throw new PlatformError('request.invalid', { message: problems.join('; '), details: { problems } });
  const override = ({ anyRank, ...tensor }: TensorSignature): TensorSignature => {
    // hasOwn: a tensor may be called `constructor`.
    const given = Object.hasOwn(overrides, tensor.name) ? overrides[tensor.name] : undefined;
    if (given) return { ...tensor, shape: given.shape };
    return anyRank ? { ...tensor, anyRank } : tensor;
  };
  return { inputs: signature.inputs.map(override), outputs: signature.outputs.map(override) };
}

const toContract = (signature: ModelSignature): ModelVersion['signature'] => ({
  inputs: signature.inputs.map((tensor) => ({ ...tensor, shape: [...tensor.shape] })),
  outputs: signature.outputs.map((tensor) => ({ ...tensor, shape: [...tensor.shape] })),
});

const toLabels = (labels: Readonly<Record<string, readonly (string | number)[]>>) =>
  Object.fromEntries(Object.entries(labels).map(([output, values]) => [output, [...values]]));
