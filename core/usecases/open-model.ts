import type { ModelVersion, RegisterRequest } from '../contracts/api.ts';
import { ARTIFACT_LIMIT_BYTES, EXTERNAL_FILES_LIMIT } from '../contracts/limits.ts';
import { isPlatformError, PlatformError } from '../domain/errors.ts';
import { type ModelPacker, packModel } from '../domain/onnx/pack-model.ts';
import { type PackingPlan, planPacking } from '../domain/onnx/plan-packing.ts';
import { externalDataMissing } from '../domain/onnx/prepare-model.ts';
import { isOrtModel } from '../domain/onnx/read-ort-model.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { CreateHash } from '../ports/running-hash.ts';

export interface OpenModelDependencies {
  readonly artifacts: ArtifactStore;
  readonly createHash: CreateHash;
}

/** An uploaded model, read and checked. */
export interface OpenedModel {
  /** The file as it was uploaded. */
  readonly uploaded: Uint8Array;
  /** All of the model in one file: `uploaded` itself, unless its weights were in others. */
  readonly whole: Uint8Array;
  readonly externalData: NonNullable<ModelVersion['externalData']>;
  readonly notes: readonly string[];
  /** What may go once the version is registered. */
  readonly uploadIds: readonly string[];
}

type ExternalFile = NonNullable<RegisterRequest['externalData']>[number];

/**
 * Reads an uploaded model with the files that hold its weights, and makes one file of them.
 *
 * Memory: the model as uploaded, and the whole where that is another file. The limit counts for all files together, and
 * for what they become: nothing above it is read.
 *
 * @throws `artifact.not_uploaded`, `artifact.too_large`, `artifact.checksum_mismatch`
 * @throws `onnx.external_data_missing`, `onnx.external_data_unsafe`, `onnx.external_data_invalid`, `onnx.malformed`
 * @throws `request.invalid` for files that the model does not name
 */
export async function openModel(
  dependencies: OpenModelDependencies,
  service: string,
  request: RegisterRequest,
): Promise<OpenedModel> {
  const { uploadId, uploaded } = await readModel(dependencies, service, request);
  const { externalData: given = [] } = request;
  const plan = isOrtModel(uploaded) ? undefined : planPacking(uploaded);
  checkLocations(plan?.locations ?? [], given);
  if (!plan) return { uploaded, whole: uploaded, externalData: [], notes: [], uploadIds: [uploadId] };
  if (plan.model.length > ARTIFACT_LIMIT_BYTES) throw tooLargeInAll(plan.model.length);
  const packer = packModel(plan);
  const externalData: OpenedModel['externalData'] = [];
  let total = uploaded.length;
  for (const file of given) {
    const before = total;
    const limitBytes = ARTIFACT_LIMIT_BYTES - before;
    const bytes = await readExternal(dependencies, service, { file, packer, limitBytes }).catch((error: unknown) => {
      const isTooLarge = isPlatformError(error) && error.code === 'artifact.too_large';
      throw isTooLarge ? tooLargeInAll(before + error.details.bytes) : error;
    });
    total += bytes;
    externalData.push({ location: file.location, sha256: file.sha256, bytes });
  }
  return {
    uploaded,
    whole: packer.bytes,
    externalData,
    notes: [describe(plan, externalData)],
    uploadIds: [uploadId, ...given.map((file) => file.uploadId)],
  };
}

function describe({ ranges }: PackingPlan, files: OpenedModel['externalData']): string {
  const names = files.map(({ location }) => JSON.stringify(location));
  const shown = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  const weights = ranges.length === 1 ? 'the weights of 1 tensor' : `the weights of ${ranges.length} tensors`;
  return `external data packed: ${weights} came from ${shown.join(', ')} and are in the model's own file now`;
}

function checkLocations(needed: readonly string[], given: readonly ExternalFile[]): void {
  if (needed.length > EXTERNAL_FILES_LIMIT) throw tooManyFiles(needed.length);
  const missing = needed.filter((location) => !given.some((file) => file.location === location));
  if (missing.length > 0) throw externalDataMissing(missing);
  const problems = given
    .filter(({ location }) => !needed.includes(location))
    .map(({ location }) => `externalData: the model refers to no file ${JSON.stringify(location)}`);
  if (problems.length > 0)
    throw new PlatformError('request.invalid', { message: problems.join('; '), details: { problems } });
}

async function readExternal(
  { artifacts, createHash }: OpenModelDependencies,
  service: string,
  { file, packer, limitBytes }: { file: ExternalFile; packer: ModelPacker; limitBytes: number },
): Promise<number> {
  const { location, uploadId, sha256 } = file;
  const stated = packer.statedSha1(location);
  const content = createHash('sha256');
  const sha1 = stated.length > 0 ? createHash('sha1') : undefined;
  const fill = packer.fill(location);
  const take = (piece: Uint8Array): void => {
    content.update(piece);
    sha1?.update(piece);
    fill(piece);
  };
  const bytes = await artifacts.streamUpload(service, uploadId, { limitBytes, take });
  if (bytes === undefined) throw notUploaded(service, sha256);
  const got = content.digest();
  if (got !== sha256) throw checksumMismatch(sha256, got);
  packer.check(location, { bytes, sha1: sha1?.digest() });
  return bytes;
}

async function readModel(
  { artifacts, createHash }: OpenModelDependencies,
  service: string,
  { sha256, ...request }: RegisterRequest,
): Promise<{ uploadId: string; uploaded: Uint8Array }> {
  const uploadId = request.uploadId ?? (await searchUploads({ artifacts, createHash }, service, sha256));
  const uploaded = uploadId && (await artifacts.readUpload(service, uploadId, ARTIFACT_LIMIT_BYTES));
  if (!uploadId || !uploaded) throw notUploaded(service, sha256);
  const hash = createHash('sha256');
  hash.update(uploaded);
  const got = hash.digest();
  if (got !== sha256) throw checksumMismatch(sha256, got);
  return { uploadId, uploaded };
}

/** Looks for a content without keeping any: another upload may be as large as the one that is meant. */
async function searchUploads(
  { artifacts, createHash }: OpenModelDependencies,
  service: string,
  sha256: string,
): Promise<string | undefined> {
  for (const { uploadId, bytes } of await artifacts.listUploads(service)) {
    if (bytes > ARTIFACT_LIMIT_BYTES) continue;
    const hash = createHash('sha256');
    const take = (piece: Uint8Array): void => hash.update(piece);
    const read = await artifacts.streamUpload(service, uploadId, { limitBytes: ARTIFACT_LIMIT_BYTES, take });
    if (read !== undefined && hash.digest() === sha256) return uploadId;
  }
  return undefined;
}

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

const tooManyFiles = (files: number) =>
  new PlatformError('onnx.unsupported', {
    message: `the model's weights are in ${files} other files; at most ${EXTERNAL_FILES_LIMIT} are taken: save them in one, with onnx.save(model, path, save_as_external_data=True, all_tensors_to_one_file=True)`,
    details: { what: 'many external files' },
  });

const tooLargeInAll = (bytes: number) =>
  new PlatformError('artifact.too_large', {
    message: `the model and its external data have ${bytes} bytes; at most ${ARTIFACT_LIMIT_BYTES} are taken in all`,
    details: { bytes, limitBytes: ARTIFACT_LIMIT_BYTES },
  });
