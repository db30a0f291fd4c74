import { assertDisjointPaths } from '../expressions/assert-disjoint-paths.ts';
import { createBinding } from '../expressions/binding.ts';
import { checkCondition } from '../expressions/check-condition.ts';
import { checkUpdate } from '../expressions/check-update.ts';
import type { Parsers } from '../expressions/parse-cache.ts';
import type { BoundCondition, BoundUpdate, Path } from '../expressions/syntax.ts';
import { DynamoDbError, validationError } from '../protocol/errors.ts';
import { emptyItem, type Item } from '../values/attribute-value.ts';

/** The expressions of one request, bound to its names and values. */
export interface Expressions {
  condition(parameter: string, text: string | undefined): BoundCondition | undefined;
  /** Leaves the operands unchecked: a key condition has rules of its own. */
  keyCondition(text: string): BoundCondition;
  update(text: string | undefined): BoundUpdate | undefined;
  projection(text: string | undefined): readonly Path[] | undefined;
  /** To be called once all are read. @throws ValidationException for names and values that no expression uses */
  finish(): void;
}

interface Substitutions {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Item | undefined;
}

export function readExpressions(parsers: Parsers, given: Substitutions): Expressions {
  assertKeys('ExpressionAttributeNames', given.ExpressionAttributeNames, /^#\w+$/);
  assertKeys('ExpressionAttributeValues', given.ExpressionAttributeValues, /^:\w+$/);
  const binding = createBinding({
    names: given.ExpressionAttributeNames ?? {},
    values: given.ExpressionAttributeValues ?? emptyItem(),
  });
  let count = 0;

  const read = <T>(parameter: string, work: () => T): T => {
    count++;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DynamoDbError)) throw error;
      throw validationError(`Invalid ${parameter}: ${error.message}`);
    }
  };

  return {
    condition(parameter, text) {
      if (text === undefined) return undefined;
      return read(parameter, () => {
        const condition = binding.condition(parsers.condition(text));
        checkCondition(condition);
        return condition;
      });
    },
    keyCondition: (text) => read('KeyConditionExpression', () => binding.condition(parsers.condition(text))),
    update(text) {
      if (text === undefined) return undefined;
      return read('UpdateExpression', () => {
        const update = binding.update(parsers.update(text));
        checkUpdate(update);
        return update;
      });
    },
    projection(text) {
      if (text === undefined) return undefined;
      return read('ProjectionExpression', () => {
        const paths = parsers.projection(text).map(binding.path);
        assertDisjointPaths(paths);
        return paths;
      });
    },
    finish() {
      if (count === 0) assertNone(given);
      binding.assertAllUsed();
    },
  };
}

function assertKeys(parameter: string, given: object | undefined, syntax: RegExp): void {
  if (given === undefined) return;
  const keys = Object.keys(given);
  if (keys.length === 0) throw validationError(`${parameter} must not be empty`);
  const invalid = keys.find((key) => !syntax.test(key));
  if (invalid !== undefined) {
    throw validationError(`${parameter} contains invalid key: Syntax error; key: "${invalid}"`);
  }
}

function assertNone(given: Substitutions): void {
  for (const parameter of ['ExpressionAttributeNames', 'ExpressionAttributeValues'] as const) {
    if (given[parameter] !== undefined) {
      throw validationError(`${parameter} can only be specified when using expressions`);
    }
  }
}
