import type { AdmissionBudget } from '../domain/admission/admission-budget.ts';
import { SERVICE_NAME_PATTERN } from './service-name-pattern.ts';

/**
 * Budgets as the control function's environment holds them: `512/5000/5000` (MiB, ms to load, ms for a row) and
 * `fraud:512/5000/5000,digits:...`. Not JSON, because Lambda takes 4 KB for all variables of a function together.
 */
export const formatBudget = ({ memoryMiB, loadMs, latencyMs }: AdmissionBudget): string =>
  `${memoryMiB}/${loadMs}/${latencyMs}`;

export const formatBudgets = (budgets: ReadonlyMap<string, AdmissionBudget>): string =>
  [...budgets].map(([service, budget]) => `${service}:${formatBudget(budget)}`).join(',');

/** @returns undefined for a text that `formatBudget` did not write */
export function parseBudget(text: string): AdmissionBudget | undefined {
  const [, memoryMiB, loadMs, latencyMs] = /^([1-9]\d{0,8})\/([1-9]\d{0,8})\/([1-9]\d{0,8})$/.exec(text) ?? [];
  if (latencyMs === undefined) return undefined;
  return { memoryMiB: Number(memoryMiB), loadMs: Number(loadMs), latencyMs: Number(latencyMs) };
}

/** @returns budgets by service, in the order of the text; undefined for a text that `formatBudgets` did not write */
export function parseBudgets(text: string): ReadonlyMap<string, AdmissionBudget> | undefined {
  const budgets = new Map<string, AdmissionBudget>();
  for (const entry of text === '' ? [] : text.split(',')) {
    const [service = '', numbers = '', ...more] = entry.split(':');
    const budget = parseBudget(numbers);
    if (!budget || more.length > 0 || !SERVICE_NAME_PATTERN.test(service)) return undefined;
    budgets.set(service, budget);
  }
  return budgets;
}
