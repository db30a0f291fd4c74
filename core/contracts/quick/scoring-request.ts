import type { JsonValue } from '../../domain/json/parse-json.ts';
import type { ScoringRequest } from '../mlflow.ts';
import { isFields } from './guards.ts';

const KINDS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;

/** A request of MLflow's scoring protocol without the fields that nobody reads; undefined: ask `ScoringRequest`. */
export function quickScoringRequest(value: JsonValue): ScoringRequest | undefined {
  if (!isFields(value)) return undefined;
  const request = value as { readonly [name: string]: JsonValue };
  const [kind, ...others] = KINDS.filter((name) => request[name] !== undefined);
  if (kind === undefined || others.length > 0) return undefined;
  const content = request[kind] as JsonValue;
  if (kind === 'inputs') return { inputs: content };
  if (kind === 'dataframe_split') return toSplit(content);
  if (!Array.isArray(content)) return undefined;
  if (kind === 'instances') return { instances: content };
  return content.every(isFields) ? { dataframe_records: content as { [column: string]: JsonValue }[] } : undefined;
}

const toSplit = (content: unknown): ScoringRequest | undefined =>
  isSplit(content) ? { dataframe_split: content } : undefined;

const isSplit = (value: unknown): value is NonNullable<ScoringRequest['dataframe_split']> =>
  isFields(value) &&
  Array.isArray(value['columns']) &&
  value['columns'].every((name) => typeof name === 'string' || typeof name === 'number') &&
  Array.isArray(value['data']) &&
  value['data'].every(Array.isArray);
