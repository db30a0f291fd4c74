import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Where a model comes from. */
export interface Lineage {
  /** sha256 of the training rows, features and labels, in hexadecimal. */
  readonly datasetDigest: string;
  readonly [key: string]: unknown;
}

/** A row the model has not seen, with its true label. */
export interface Sample {
  readonly input: readonly unknown[];
  readonly label: number;
}

/** What every example's training gives. */
export interface TrainingResult {
  readonly onnx: Uint8Array;
  readonly metrics: Readonly<Record<string, number>>;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly lineage: Lineage;
  readonly featureNames: readonly string[];
  readonly samples: readonly Sample[];
  /** Training rows in the order of time, as CSV, that traffic is compared with. */
  readonly baseline?: string | undefined;
}

/** sha256 over the bytes of typed arrays, one after the other. */
export function digestOf(...arrays: readonly ArrayBufferView[]): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}

export const toJsonFile = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Where results go: `out` is a folder, or the model file itself, and the rest lies beside it. */
export function outputPaths(out: string): { directory: string; modelFile: string } {
  return out.endsWith('.onnx')
    ? { directory: dirname(out), modelFile: basename(out) }
    : { directory: out, modelFile: 'model.onnx' };
}

/** Writes the model, metrics.json and lineage.json, which `keelson register` takes. Returns the folder. */
export function writeTrainingResult(
  out: string,
  { onnx, metrics, hyperparameters, lineage }: TrainingResult,
): { directory: string } {
  const { directory, modelFile } = outputPaths(out);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, modelFile), onnx);
  writeFileSync(join(directory, 'metrics.json'), toJsonFile(metrics));
  writeFileSync(join(directory, 'lineage.json'), toJsonFile({ ...lineage, hyperparameters }));
  return { directory };
}
