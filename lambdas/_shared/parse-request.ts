import type * as z from 'zod';
import { PlatformError } from '../../core/domain/errors.ts';
import { parseJsonBody } from './parse-json-body.ts';

/** A body of a million mistakes must not make an answer of a million lines. */
const PROBLEM_LIMIT = 20;
/** One problem may name every unknown field there is. */
const PROBLEM_LIMIT_CHARACTERS = 300;

/** @throws `request.invalid` naming the problems at once, the first 20 of them */
export function parseValue<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const problems = issues
    .slice(0, PROBLEM_LIMIT)
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .map((problem) =>
      problem.length > PROBLEM_LIMIT_CHARACTERS ? `${problem.slice(0, PROBLEM_LIMIT_CHARACTERS)}…` : problem,
    );
  if (issues.length > PROBLEM_LIMIT) problems.push(`and ${issues.length - PROBLEM_LIMIT} more`);
  throw new PlatformError('request.invalid', {
    message: `the request is not valid: ${problems.join('; ')}`,
    details: { problems },
  });
}

/** A JSON body by its schema; an empty body is an empty object. @throws `request.malformed`, `request.invalid` */
export const parseBody = <S extends z.ZodType>(schema: S, text: string): z.infer<S> =>
  parseValue(schema, parseJsonBody(text));
