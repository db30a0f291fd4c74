import type { ExecutorVerdict, ModelVersion, RegisterRequest } from '../contracts/api.ts';
import { ARTIFACT_LIMIT_BYTES } from '../contracts/limits.ts';
import { artifactKey } from '../contracts/object-keys.ts';
import { PlatformError } from '../domain/errors.ts';
import { compileModel } from '../domain/executor/compile-model.ts';
import type { ModelSignature, TensorSignature } from '../domain/inference/signature.ts';
import { prepareModel } from '../domain/onnx/prepare-model.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { ExecutorVerifier } from '../ports/executor-verifier.ts';
import type { Idempotency, ModelRegistry } from '../ports/model-registry.ts';

export interface RegisterVersionDependencies {
  readonly artifacts: ArtifactStore;
  readonly registry: ModelRegistry;
  /** Without one, onnxruntime serves every version. */
  readonly verifier?: ExecutorVerifier;
  /** Told why a verifier could not tell: the version is registered all the same. */
  readonly onFault?: (fault: { what: string; service: string; error: unknown }) => void;
  /** Lower-case hexadecimal. */
  readonly sha256: (bytes: Uint8Array) => string;
}

export interface RegisterVersionContext {
  readonly now: number;
  readonly idempotency?: Idempotency | undefined;
}

/**
 * Registers an uploaded model as the service's next version.
 *
 * The order keeps every failure harmless: the artifact is stored under its content's hash before the registry's one
 * transaction names it, so a version that exists can always be read, and a crash leaves at most an artifact nobody names.
 */
export const registerVersion =
  (dependencies: RegisterVersionDependencies) =>
  async (
    service: string,
    request: RegisterRequest,
    { now, idempotency }: RegisterVersionContext,
  ): Promise<ModelVersion> => {
    const { artifacts, registry, sha256 } = dependencies;
    const earlier = await findEarlier(registry, service, idempotency);
    if (earlier) return earlier;
    const upload = await findUpload({ artifacts, sha256 }, service, request);
    if (upload === undefined) {
      // A rival with the same key may have registered and removed it in the meantime.
      const rival = await findEarlier(registry, service, idempotency);
      if (rival) return rival;
      throw notUploaded(service, request.sha256);
    }
    const prepared = prepareModel(upload.bytes);
    const rewritten = prepared.bytes !== upload.bytes;
    const servedHash = rewritten ? sha256(prepared.bytes) : request.sha256;
    const draft: Omit<ModelVersion, 'version'> = {
      service,
      sha256: request.sha256,
      bytes: upload.bytes.length,
      artifact: { sha256: servedHash, bytes: prepared.bytes.length, key: artifactKey(servedHash) },
      signature: toContract(overrideShapes(prepared.signature, request.signature ?? {})),
      ...(Object.keys(prepared.classLabels).length > 0 && { classLabels: toLabels(prepared.classLabels) }),
      metadata: { ...prepared.metadata },
      metrics: request.metrics ?? {},
      lineage: request.lineage ?? {},
      ...(request.baseline !== undefined && { baseline: request.baseline }),
      notes: [...prepared.notes],
      registeredAt: new Date(now).toISOString(),
    };
    checkSize(draft);
    await artifacts.putArtifact(request.sha256, upload.bytes);
    if (rewritten) await artifacts.putArtifact(servedHash, prepared.bytes);
    const executor = await chooseExecutor(dependencies, draft, prepared.bytes);
    const version = await registry.appendVersion({ ...draft, ...(executor && { executor }) }, idempotency);
    await artifacts.removeUpload(service, upload.uploadId);
    return version;
  };

/** Asks only for what the executor can compile: a verification is a request to another function. */
async function chooseExecutor(
  { verifier, onFault }: RegisterVersionDependencies,
  { service, artifact, signature }: Omit<ModelVersion, 'version'>,
  bytes: Uint8Array,
): Promise<ExecutorVerdict | undefined> {
  if (!verifier) return undefined;
  const { reason } = compileModel(bytes, signature);
  if (reason !== undefined) return { name: 'onnxruntime', reason };
  try {
    return await verifier.verify(artifact.sha256, signature);
  } catch (error) {
    onFault?.({ what: 'the executor could not be verified; onnxruntime serves the version', service, error });
    return undefined;
  }
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

async function findUpload(
  { artifacts, sha256 }: Pick<RegisterVersionDependencies, 'artifacts' | 'sha256'>,
  service: string,
  request: RegisterRequest,
): Promise<{ uploadId: string; bytes: Uint8Array } | undefined> {
  if (request.uploadId !== undefined) {
    const bytes = await artifacts.readUpload(service, request.uploadId, ARTIFACT_LIMIT_BYTES);
    if (bytes === undefined) return undefined;
    const got = sha256(bytes);
    if (got !== request.sha256) throw checksumMismatch(request.sha256, got);
    return { uploadId: request.uploadId, bytes };
  }
  for (const { uploadId, bytes: size } of await artifacts.listUploads(service)) {
    if (size > ARTIFACT_LIMIT_BYTES) continue;
    const bytes = await artifacts.readUpload(service, uploadId, ARTIFACT_LIMIT_BYTES);
    if (bytes !== undefined && sha256(bytes) === request.sha256) return { uploadId, bytes };
  }
  return undefined;
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

const notUploaded = (service: string, hash: string) =>
  new PlatformError('artifact.not_uploaded', {
    message: `no waiting upload of ${service} has the sha256 ${hash}; POST /api/services/${service}/uploads, PUT the file to its url, then register again`,
    details: { service, sha256: hash },
  });

const checksumMismatch = (expected: string, got: string) =>
  new PlatformError('artifact.checksum_mismatch', {
    message: `the uploaded file has the sha256 ${got}, the request says ${expected}; upload the file again`,
    details: { expected, got },
  });
