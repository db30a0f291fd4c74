import { PlatformError } from '../../errors.ts';

const ALLOWED = {
  finite: { holds: Number.isFinite, allowed: 'a finite number' },
  'not negative': {
    holds: (value: number) => value >= 0 && value < Number.POSITIVE_INFINITY,
    allowed: 'a finite number ≥ 0',
  },
  share: { holds: (value: number) => value >= 0 && value <= 1, allowed: 'a number from 0 to 1' },
} as const;

/** @throws `drift.sample_invalid` naming the first of `values` that is not of the kind */
export function checkNumbers(what: string, values: ArrayLike<number>, kind: keyof typeof ALLOWED): void {
  const { holds, allowed } = ALLOWED[kind];
  for (let index = 0; index < values.length; index += 1) {
    if (holds(values[index] as number)) continue;
    const got = String(values[index]);
    throw new PlatformError('drift.sample_invalid', {
      message: `${what}[${index}] is ${got}; allowed is ${allowed}`,
      details: { what, index, got, allowed },
    });
  }
}
