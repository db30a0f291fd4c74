import { checkCount } from './check-option.ts';

/** Successes among trials. */
export interface Proportion {
  readonly successes: number;
  readonly trials: number;
}

/** @throws `drift.option_invalid` unless 0 ≤ successes ≤ trials and trials ≥ 1, all integers */
export function checkProportion(side: string, { successes, trials }: Proportion): void {
  checkCount(`${side}.trials`, trials, 1);
  checkCount(`${side}.successes`, successes);
  checkCount(`${side}.trials - ${side}.successes`, trials - successes);
}
