import type { ColumnPlan, ProfilePlan } from './profile.ts';
import { asObject, malformed } from './profile-json.ts';

/**
 * A plan that was written as JSON, where it is one: it holds finite numbers and texts only.
 *
 * @param value parsed JSON
 * @throws `profile.malformed`
 */
export function planFromJson(value: unknown): ProfilePlan {
  const { columns, correlated } = asObject(value, 'the plan');
  if (!Array.isArray(columns)) throw malformed('the plan has no columns');
  const plans = columns.map(columnFromJson);
  const names = new Set(plans.map(({ name }) => name));
  if (names.size < plans.length) throw malformed('the plan names a column twice');
  if (!isTexts(correlated) || correlated.some((name) => !names.has(name))) {
    throw malformed('the plan correlates what is no column of it');
  }
  return { columns: plans, correlated };
}

function columnFromJson(value: unknown): ColumnPlan {
  const { name, kind, role, edges, categories } = asObject(value, 'a column of the plan');
  if (typeof name !== 'string' || (role !== 'feature' && role !== 'prediction')) {
    throw malformed('a column of the plan has no name or no role');
  }
  if (kind === 'numeric' && isAscending(edges)) return { name, kind, role, edges };
  if (kind === 'category' && isTexts(categories)) return { name, kind, role, categories };
  throw malformed(`the column ${JSON.stringify(name)} has neither ascending edges nor categories`);
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const isAscending = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.every((edge, i) => typeof edge === 'number' && Number.isFinite(edge) && (i === 0 || edge > value[i - 1]));
