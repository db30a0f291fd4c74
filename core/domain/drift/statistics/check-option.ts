import { PlatformError } from '../../errors.ts';

/** @throws `drift.option_invalid` unless `holds`; NaN satisfies no comparison, so a condition written positively refuses it too */
export function checkOption(
  option: string,
  got: unknown,
  { holds, allowed }: { holds: boolean; allowed: string },
): void {
  if (holds) return;
  throw new PlatformError('drift.option_invalid', {
    message: `${option} is ${String(got)}; allowed is ${allowed}`,
    details: { option, got: String(got), allowed },
  });
}

/** A level of significance. @throws `drift.option_invalid` unless 0 < alpha < 1 */
export const checkAlpha = (alpha: number): void =>
  checkOption('alpha', alpha, { holds: alpha > 0 && alpha < 1, allowed: 'a number between 0 and 1, both excluded' });

/** Rows, trials, successes. @throws `drift.option_invalid` unless an integer of at least `least` */
export const checkCount = (option: string, count: number, least = 0): void =>
  checkOption(option, count, {
    holds: Number.isSafeInteger(count) && count >= least,
    allowed: `an integer ≥ ${least}`,
  });
