import { DATATYPES } from '../../domain/inference/datatype.ts';
import type { Dimension, TensorSignature } from '../../domain/inference/signature.ts';
import type { Admission, ExecutorVerdict, Lineage, ModelVersion } from '../api.ts';
import { SERVICE_NAME_PATTERN } from '../service-name-pattern.ts';
import type { StoredState } from '../stored.ts';
import { isVersionNumber } from '../version-number.ts';
import { type Fields, hasOnly, isFields, isListOf, isOptionalText, isRecordOf, isText, isWhole } from './guards.ts';

/** What serves, from its item; undefined: ask `StoredState`. */
export function quickState(item: unknown): StoredState | undefined {
  if (!isFields(item)) return undefined;
  const { service, latestVersion, champion, earlierChampions, revision, updatedAt } = item;
  if (!isServiceName(service) || !isWhole(latestVersion) || !isWhole(revision) || !isText(updatedAt)) return undefined;
  if (champion !== null && !isWhole(champion)) return undefined;
  if (!isListOf(earlierChampions, isAnyWhole)) return undefined;
  return { service, latestVersion, champion, earlierChampions, revision, updatedAt };
}

/** In the order of the schema. */
const VERSION_FIELDS = [
  'service',
  'version',
  'sha256',
  'bytes',
  'externalData',
  'artifact',
  'signature',
  'classLabels',
  'metadata',
  'metrics',
  'lineage',
  'baseline',
  'executor',
  'admission',
  'notes',
  'registeredAt',
] as const satisfies readonly (keyof ModelVersion)[];
const KEY_FIELDS = ['pk', 'sk'];
const ALL_FIELDS: readonly string[] = [...VERSION_FIELDS, ...KEY_FIELDS];

/** A version, from its item with the texts in it parsed; undefined: ask `ModelVersion`. */
export function quickVersion(item: unknown): ModelVersion | undefined {
  // A field that is not known here must not get lost.
  if (!isFields(item) || !hasOnly(item, ALL_FIELDS)) return undefined;
  const { pk: _pk, sk: _sk, ...version } = item;
  return isVersion(version) ? version : undefined;
}

function isVersion(item: Fields): item is Fields & ModelVersion {
  const { service, version, sha256, bytes, artifact, signature, notes, registeredAt } = item;
  const { classLabels, metadata, metrics, lineage, baseline, executor, admission, externalData } = item;
  return (
    isServiceName(service) &&
    isVersionNumber(version) &&
    isSha256(sha256) &&
    isWhole(bytes) &&
    (externalData === undefined || isListOf(externalData, isExternalFile)) &&
    isArtifact(artifact) &&
    isSignature(signature) &&
    (classLabels === undefined || isRecordOf(classLabels, isLabels)) &&
    isRecordOf(metadata, isText) &&
    isMetrics(metrics) &&
    isLineage(lineage) &&
    isOptionalText(baseline) &&
    (executor === undefined || isVerdict(executor)) &&
    (admission === undefined || isAdmission(admission)) &&
    isListOf(notes, isText) &&
    isInstant(registeredAt)
  );
}

const isAnyWhole = (value: unknown): value is number => isWhole(value);
const isServiceName = (value: unknown): value is string => isText(value) && SERVICE_NAME_PATTERN.test(value);
const isSha256 = (value: unknown): value is string => isText(value) && /^[0-9a-f]{64}$/.test(value);

/** As `Date` writes it, which is how instants are made here. */
const isInstant = (value: unknown): value is string => {
  if (!isText(value)) return false;
  const ms = Date.parse(value);
  return (
    !Number.isNaN(ms) && new Date(ms).toISOString() === value && value.length === '2026-06-01T00:00:00.000Z'.length
  );
};

const isArtifact = (value: unknown): value is ModelVersion['artifact'] =>
  isFields(value) &&
  hasOnly(value, ['sha256', 'bytes', 'key']) &&
  isSha256(value['sha256']) &&
  isWhole(value['bytes']) &&
  isText(value['key']);

const isExternalFile = (value: unknown): value is NonNullable<ModelVersion['externalData']>[number] =>
  isFields(value) &&
  hasOnly(value, ['location', 'sha256', 'bytes']) &&
  isText(value['location']) &&
  isSha256(value['sha256']) &&
  isWhole(value['bytes']);

const isSignature = (value: unknown): value is ModelVersion['signature'] =>
  isFields(value) &&
  hasOnly(value, ['inputs', 'outputs']) &&
  isListOf(value['inputs'], isTensor) &&
  isListOf(value['outputs'], isTensor);

const isTensor = (value: unknown): value is TensorSignature =>
  isFields(value) &&
  hasOnly(value, ['name', 'datatype', 'shape', 'anyRank']) &&
  isText(value['name']) &&
  DATATYPES.some((datatype) => datatype === value['datatype']) &&
  isListOf(value['shape'], isDimension) &&
  (value['anyRank'] === undefined || value['anyRank'] === true);

const isDimension = (value: unknown): value is Dimension => value === null || isText(value) || isWhole(value, 0);

const isLabels = (value: unknown): value is (string | number)[] =>
  Array.isArray(value) && value.every((label) => isText(label) || Number.isFinite(label));

const METRIC_LIMIT = 200;
const METRIC_NAME_LIMIT_CHARACTERS = 100;

const isFiniteNumber = (value: unknown): value is number => Number.isFinite(value);

const isMetrics = (value: unknown): value is ModelVersion['metrics'] => {
  if (!isRecordOf(value, isFiniteNumber)) return false;
  const names = Object.keys(value);
  return (
    names.length <= METRIC_LIMIT &&
    names.every((name) => name.length >= 1 && name.length <= METRIC_NAME_LIMIT_CHARACTERS)
  );
};

const LINEAGE_LIMIT_CHARACTERS = 16_384;
const LINEAGE_TEXTS = [
  ['datasetDigest', 200],
  ['codeCommit', 200],
  ['trainingJob', 400],
] as const;

/** Of JSON, so that whatever else it holds is JSON. */
const isLineage = (value: unknown): value is Lineage => {
  if (!isFields(value)) return false;
  const parent = value['parentVersion'];
  if (parent !== undefined && !isVersionNumber(parent)) return false;
  const areTexts = LINEAGE_TEXTS.every(([name, limit]) => {
    const text = value[name];
    return text === undefined || (isText(text) && text.length <= limit);
  });
  const text = JSON.stringify(value);
  return areTexts && text.length <= LINEAGE_LIMIT_CHARACTERS && !text.includes('"__proto__"');
};

const isVerdict = (value: unknown): value is ExecutorVerdict => {
  if (!isFields(value) || !hasOnly(value, ['name', 'reason', 'rows', 'maxDifference'])) return false;
  const { name, reason, rows, maxDifference } = value;
  return (
    (name === 'typescript' || name === 'onnxruntime') &&
    isOptionalText(reason) &&
    (rows === undefined || isWhole(rows)) &&
    (maxDifference === undefined || isFiniteNumber(maxDifference))
  );
};

const ADMISSION_FIELDS = ['loadMs', 'peakMiB', 'p99Ms', 'calls', 'rowsIndependent', 'budget'];
const BUDGET_FIELDS = ['memoryMiB', 'loadMs', 'latencyMs'];

const isAdmission = (value: unknown): value is Admission => {
  if (!isFields(value) || !hasOnly(value, ADMISSION_FIELDS)) return false;
  const { loadMs, peakMiB, p99Ms, calls, rowsIndependent, budget } = value;
  return (
    isFiniteNumber(loadMs) &&
    (peakMiB === undefined || isFiniteNumber(peakMiB)) &&
    (p99Ms === undefined || isFiniteNumber(p99Ms)) &&
    isWhole(calls) &&
    (rowsIndependent === undefined || typeof rowsIndependent === 'boolean') &&
    isFields(budget) &&
    hasOnly(budget, BUDGET_FIELDS) &&
    BUDGET_FIELDS.every((field) => isWhole(budget[field], 1))
  );
};
