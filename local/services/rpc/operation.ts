import * as z from 'zod';
import { AwsError } from './aws-error.ts';

/** One operation: takes the request's members, gives the answer's. */
export type Operation = (input: unknown) => object | Promise<object>;

/**
 * Ties an operation to the shape of its request; a member that is not known is refused, so that nobody wonders why it has no effect.
 *
 * @throws ValidationError, or what `errorType` says, naming every problem
 */
export function defineOperation<S extends z.ZodType>(
  schema: S,
  run: (input: z.infer<S>) => object | Promise<object>,
  { errorType = 'ValidationError' }: { errorType?: string } = {},
): Operation {
  return (input) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data);
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new AwsError(errorType, `${problems.length} validation error detected: ${problems.join('; ')}`);
  };
}

/** An instant as both protocols carry it, in milliseconds. */
export const timestampMs = () =>
  z.union([z.number().transform((seconds) => seconds * 1000), z.date().transform((date) => date.getTime())]);
