import { validationError } from '../protocol/errors.ts';
import type { AttributeValue, Item } from '../values/attribute-value.ts';
import { attributeOf } from '../values/attribute-value.ts';
import type { Bound, Condition, Operand, Path, Reference, Update } from './syntax.ts';

/** Puts a request's names and values into parsed expressions and keeps count of what was used. */
export interface Binding {
  path(path: Path): Path;
  condition(condition: Condition<Reference>): Condition<Bound>;
  update(update: Update<Reference>): Update<Bound>;
  /** @throws ValidationException for a name or value of the request that no expression used */
  assertAllUsed(): void;
}

export interface Substitutions {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

export function createBinding({ names, values }: Substitutions): Binding {
  const usedNames = new Set<string>();
  const usedValues = new Set<string>();

  const bindPart = (part: string | number): string | number => {
    if (typeof part === 'number' || !part.startsWith('#')) return part;
    if (!Object.hasOwn(names, part)) {
      throw validationError(
        `An expression attribute name used in the document path is not defined; attribute name: ${part}`,
      );
    }
    usedNames.add(part);
    return names[part] as string;
  };

  const bindPath = (path: Path): Path => ({ kind: 'path', parts: path.parts.map(bindPart) });

  const bindValue = ({ token }: Reference): Bound => {
    const value: AttributeValue | undefined = attributeOf(values, token);
    if (value === undefined) {
      throw validationError(
        `An expression attribute value used in expression is not defined; attribute value: ${token}`,
      );
    }
    usedValues.add(token);
    return { kind: 'value', value };
  };

  const bindOperand = (operand: Operand<Reference>): Operand<Bound> => {
    if (operand.kind === 'path') return bindPath(operand);
    if (operand.kind === 'reference') return bindValue(operand);
    return { ...operand, args: operand.args.map(bindOperand) };
  };

  const bindCondition = (condition: Condition<Reference>): Condition<Bound> => {
    switch (condition.kind) {
      case 'and':
      case 'or':
        return { ...condition, terms: condition.terms.map(bindCondition) };
      case 'not':
        return { ...condition, term: bindCondition(condition.term) };
      case 'compare':
        return { ...condition, left: bindOperand(condition.left), right: bindOperand(condition.right) };
      case 'between':
        return {
          kind: 'between',
          operand: bindOperand(condition.operand),
          low: bindOperand(condition.low),
          high: bindOperand(condition.high),
        };
      case 'in':
        return {
          kind: 'in',
          operand: bindOperand(condition.operand),
          candidates: condition.candidates.map(bindOperand),
        };
      case 'call':
        return { ...condition, args: condition.args.map(bindOperand) };
    }
  };

  const bindUpdate = (update: Update<Reference>): Update<Bound> => ({
    SET: update.SET.map(({ path, value }) => ({
      path: bindPath(path),
      value:
        value.kind === 'arithmetic'
          ? { ...value, left: bindOperand(value.left), right: bindOperand(value.right) }
          : bindOperand(value),
    })),
    REMOVE: update.REMOVE.map(bindPath),
    ADD: update.ADD.map(({ path, value }) => ({ path: bindPath(path), value: bindValue(value) })),
    DELETE: update.DELETE.map(({ path, value }) => ({ path: bindPath(path), value: bindValue(value) })),
  });

  return {
    path: bindPath,
    condition: bindCondition,
    update: bindUpdate,
    assertAllUsed() {
      assertUsed('ExpressionAttributeNames', Object.keys(names), usedNames);
      assertUsed('ExpressionAttributeValues', Object.keys(values), usedValues);
    },
  };
}

function assertUsed(parameter: string, given: readonly string[], used: ReadonlySet<string>): void {
  const unused = given.filter((key) => !used.has(key));
  if (unused.length === 0) return;
  throw validationError(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`);
}
