import type { BaselineTask } from '../contracts/admission.ts';
import { ARTIFACT_LIMIT_BYTES, BASELINE_DEADLINE_MS } from '../contracts/limits.ts';
import type { WatchedModel } from '../domain/capture/model-columns.ts';
import { writeBaseline } from '../domain/drift/profile/baseline.ts';
import { PlatformError } from '../domain/errors.ts';
import type { ModelSignature } from '../domain/inference/signature.ts';
import type { Tensor } from '../domain/inference/tensor.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { BaselineStore } from '../ports/baseline-store.ts';
import type { CreateHash } from '../ports/running-hash.ts';
import { datasetSource } from './dataset-source.ts';
import { type MadeBaseline, makeBaseline } from './make-baseline.ts';

export interface BaselineOfUploadDependencies {
  readonly artifacts: Pick<ArtifactStore, 'streamUpload'>;
  readonly baselines: Pick<BaselineStore, 'put'>;
  readonly createHash: CreateHash;
  readonly monotonicMs: () => number;
}

/** A model that can be asked, and how many rows at a time. */
export interface AskedModel {
  readonly signature: ModelSignature;
  readonly predict: (inputs: readonly Tensor[]) => Promise<readonly Tensor[]>;
  readonly batchRows: number;
}

export interface BaselineOfUpload {
  readonly service: string;
  readonly task: BaselineTask;
  /** When the function began, by `monotonicMs`. */
  readonly startedMs: number;
}

/**
 * Makes a baseline of an uploaded data set and the model's own answers to it, and writes it.
 *
 * The file is read twice, in pieces: memory does not grow with it but for two bytes of each correlated value.
 *
 * @returns what to know of it, in sentences
 * @throws `baseline.malformed`, `csv.malformed`, `baseline.columns_mismatch`, `baseline.too_slow`
 * @throws `artifact.not_uploaded`, `artifact.too_large`, `artifact.checksum_mismatch`
 */
export const baselineOfUpload =
  (dependencies: BaselineOfUploadDependencies) =>
  async ({ service, task, startedMs }: BaselineOfUpload, asked: AskedModel): Promise<string[]> => {
    const { baselines, monotonicMs } = dependencies;
    const model: WatchedModel = { signature: asked.signature, metadata: task.metadata, classLabels: task.classLabels };
    const onRows = (rows: number): void => {
      if (monotonicMs() - startedMs > BASELINE_DEADLINE_MS) throw tooSlow(rows);
    };
    const read = readUpload(dependencies, service, task);
    const make = async (predict: AskedModel['predict']) => {
      const { source, ...known } = datasetSource({ ...task, read, model, predict, batchRows: asked.batchRows, onRows });
      const isOrdered = task.order === 'time';
      const made = await makeBaseline(source, model, { featureNames: known.featureNames, isOrdered });
      return { made, unpredicted: known.unpredicted() };
    };
    const first = await make(asked.predict);
    const { unpredicted } = first;
    const { made } = unpredicted === undefined ? first : await make(async () => []);
    await baselines.put(task.folder, filesOf(made));
    const rows = `the baseline is made of ${made.baseline.reference.rows} rows`;
    return [
      unpredicted === undefined ? rows : `${rows}, without the model's own predictions: ${unpredicted}`,
      ...made.notes,
    ];
  };

const filesOf = ({ baseline, statistics, constraints }: MadeBaseline) => ({
  'profile.json': writeBaseline(baseline),
  'statistics.json': JSON.stringify(statistics),
  'constraints.json': JSON.stringify(constraints),
});

/** The file is what was meant to be uploaded when it has been read to its end: nothing is written before. */
const readUpload =
  ({ artifacts, createHash }: BaselineOfUploadDependencies, service: string, { uploadId, sha256 }: BaselineTask) =>
  async (take: (piece: Uint8Array) => Promise<void>): Promise<void> => {
    const hash = createHash('sha256');
    const bytes = await artifacts.streamUpload(service, uploadId, {
      limitBytes: ARTIFACT_LIMIT_BYTES,
      take: (piece) => {
        hash.update(piece);
        return take(piece);
      },
    });
    if (bytes === undefined) throw notUploaded(service, sha256);
    const got = hash.digest();
    if (got !== sha256) throw checksumMismatch(sha256, got);
  };

const tooSlow = (rows: number) =>
  new PlatformError('baseline.too_slow', {
    message: `the baseline could not be read in the time that a registration has: ${rows} rows of it were; give fewer rows, for example the latest 100,000`,
    details: { rows, limitMs: BASELINE_DEADLINE_MS },
  });

const notUploaded = (service: string, sha256: string) =>
  new PlatformError('artifact.not_uploaded', {
    message: `no waiting upload of ${service} is the baseline with the sha256 ${sha256}; upload it, then register again`,
    details: { service, sha256 },
  });

const checksumMismatch = (expected: string, got: string) =>
  new PlatformError('artifact.checksum_mismatch', {
    message: `the uploaded baseline has the sha256 ${got}, the request says ${expected}; upload the file again`,
    details: { expected, got },
  });
