import { type AnyPlatformError, isPlatformError } from '../../core/domain/errors.ts';

/** What `work` throws, which must be an expected failure; fails when it throws nothing or something else. */
export function caught(work: () => unknown): AnyPlatformError {
  try {
    work();
  } catch (error) {
    if (isPlatformError(error)) return error;
    throw error;
  }
  throw new Error('expected a PlatformError, nothing was thrown');
}

/** As `caught`, for a promise. */
export async function caughtFrom(work: Promise<unknown>): Promise<AnyPlatformError> {
  const settled = await work.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  return caught(() => {
    if (settled) throw settled.error;
  });
}
