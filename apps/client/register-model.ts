import { createHash } from 'node:crypto';
import * as z from 'zod';
import type {
  BaselineUpload,
  ModelVersion,
  RegisterRequest,
  UploadAnswer,
  UploadRequest,
} from '../../core/contracts/api.ts';
import { ApiFailure } from './api-failure.ts';
import { findExternalFile } from './external-files.ts';
import { ModelFileFailure } from './model-file-failure.ts';
import { type ModelSource, type OnProgress, sha256Of, sizeOf } from './model-source.ts';

/** What registering asks of the API. */
export interface RegistrationCalls {
  createUpload(request: UploadRequest): Promise<UploadAnswer>;
  upload(target: UploadAnswer, source: ModelSource, onProgress: OnProgress | undefined): Promise<void>;
  register(request: RegisterRequest, idempotencyKey: string): Promise<ModelVersion>;
}

/** A data set that the version's traffic is compared with. */
export type BaselineSource = Omit<z.input<typeof BaselineUpload>, 'uploadId' | 'sha256'> & {
  /** Its file, or its bytes. */
  readonly source: ModelSource;
};

export interface RegistrationOptions {
  readonly idempotencyKey: string;
  readonly onHashProgress?: OnProgress | undefined;
  readonly onUploadProgress?: OnProgress | undefined;
  /** Files of weights by the location that the model names. @default - they are looked for beside the model's file */
  readonly externalData?: Readonly<Record<string, ModelSource>> | undefined;
  /** @default - there is none, or `known` names the folder of one */
  readonly baseline?: BaselineSource | undefined;
}

interface Uploaded {
  readonly sha256: string;
  readonly uploadId: string;
}

/**
 * Uploads a model and registers it. Whether its weights are in other files, and in which, is for the server to say, which
 * reads the model anyway: those are then uploaded, and it is registered again with them.
 */
export async function registerModel(
  calls: RegistrationCalls,
  source: ModelSource,
  {
    known,
    options,
  }: { known: Omit<RegisterRequest, 'sha256' | 'uploadId' | 'externalData'>; options: RegistrationOptions },
): Promise<ModelVersion> {
  const { idempotencyKey } = options;
  const { maxBytes, ...file } = await uploadFile(calls, source, options);
  const baseline = options.baseline && (await uploadBaseline(calls, options.baseline, options));
  const model = { ...file, ...(baseline && { baseline }) };
  try {
    return await calls.register({ ...known, ...model }, idempotencyKey);
  } catch (error) {
    const locations = missingLocations(error);
    if (locations === undefined) throw error;
    const files = await findFiles(source, locations, options);
    await checkSize([source, ...files.map(([, file]) => file)], maxBytes);
    const externalData: NonNullable<RegisterRequest['externalData']> = [];
    for (const [location, file] of files) {
      const { sha256, uploadId } = await uploadFile(calls, file, options);
      externalData.push({ location, sha256, uploadId });
    }
    return calls.register({ ...known, ...model, externalData }, secondKey(idempotencyKey));
  }
}

async function uploadFile(
  calls: RegistrationCalls,
  source: ModelSource,
  { onHashProgress, onUploadProgress }: RegistrationOptions,
): Promise<Uploaded & { maxBytes: number }> {
  const sha256 = await sha256Of(source, onHashProgress);
  const target = await calls.createUpload({ sha256, bytes: await sizeOf(source) });
  await calls.upload(target, source, onUploadProgress);
  return { sha256, uploadId: target.uploadId, maxBytes: target.maxBytes };
}

async function uploadBaseline(
  calls: RegistrationCalls,
  { source, order = 'time', ...rest }: BaselineSource,
  options: RegistrationOptions,
): Promise<BaselineUpload> {
  const { sha256, uploadId } = await uploadFile(calls, source, options);
  return { ...rest, order, sha256, uploadId };
}

const MissingExternalData = z.object({ locations: z.array(z.string()) });

function missingLocations(error: unknown): string[] | undefined {
  if (!(error instanceof ApiFailure) || error.code !== 'onnx.external_data_missing') return undefined;
  return MissingExternalData.safeParse(error.details).data?.locations;
}

/** All of them before the first is sent. */
async function findFiles(
  source: ModelSource,
  locations: readonly string[],
  { externalData }: RegistrationOptions,
): Promise<[location: string, file: ModelSource][]> {
  const files: [string, ModelSource][] = [];
  for (const location of locations) {
    const given = externalData && Object.hasOwn(externalData, location) ? externalData[location] : undefined;
    if (given === undefined && typeof source !== 'string') {
      throw new ModelFileFailure(
        `the model keeps weights in ${JSON.stringify(location)}: give that file in externalData, or the model by its path`,
      );
    }
    files.push([location, given ?? (await findExternalFile(source as string, location))]);
  }
  return files;
}

async function checkSize(sources: readonly ModelSource[], maxBytes: number): Promise<void> {
  const sizes = await Promise.all(sources.map(sizeOf));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes <= maxBytes) return;
  throw new ModelFileFailure(
    `the model and its external data have ${bytes} bytes; at most ${maxBytes} are taken in all`,
  );
}

/** Another request must have another key, and a repeat of the two must give the same two. */
const secondKey = (key: string): string => createHash('sha256').update(`${key} with external data`).digest('hex');
