import { PlatformError } from '../../errors.ts';

/** Counts by one plan cannot be read as counts by another. */
export const mismatch = (what: string, { expected, got }: { expected: string | number; got: string | number }) =>
  new PlatformError('profile.mismatch', {
    message: `${what} does not fit the plan: ${expected} expected, got ${got}; count with the plan of the same baseline`,
    details: { what, expected: String(expected), got: String(got) },
  });
