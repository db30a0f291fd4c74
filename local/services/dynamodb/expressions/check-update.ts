import { validationError } from '../protocol/errors.ts';
import { type AttributeType, isSet, typeOf } from '../values/attribute-value.ts';
import { assertDisjointPaths } from './assert-disjoint-paths.ts';
import type { Arithmetic, Bound, BoundOperand, BoundUpdate, Call, Path } from './syntax.ts';

// ADD and DELETE name types in full, other operators by their letters.
const TYPE_NAMES: Readonly<Record<AttributeType, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  L: 'LIST',
  M: 'MAP',
};
const CONDITION_FUNCTIONS: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
]);

/** Refuses what DynamoDB refuses before it looks at the item: wrong functions and operand types, paths in one another's way. */
export function checkUpdate(update: BoundUpdate): void {
  for (const { value } of update.SET) checkValue(value);
  for (const { value } of update.ADD) {
    const type = typeOf(value.value);
    if (type !== 'N' && !isSet(type)) throw wrongChange('ADD', type);
  }
  for (const { value } of update.DELETE) {
    const type = typeOf(value.value);
    if (!isSet(type)) throw wrongChange('DELETE', type);
  }
  assertDisjointPaths(updatedPaths(update));
}

/** Every path that the update writes, clause by clause. */
export function updatedPaths({ SET, REMOVE, ADD, DELETE }: BoundUpdate): readonly Path[] {
  return [...SET.map(({ path }) => path), ...REMOVE, ...[...ADD, ...DELETE].map(({ path }) => path)];
}

function checkValue(value: BoundOperand | Arithmetic<Bound>): void {
  if (value.kind !== 'arithmetic') {
    checkOperand(value, { nested: false });
    return;
  }
  for (const operand of [value.left, value.right]) {
    checkOperand(operand, { nested: true });
    assertType(value.operator, operand, 'N');
  }
}

function checkOperand(operand: BoundOperand, { nested }: { nested: boolean }): void {
  if (operand.kind === 'call') checkCall(operand, nested);
}

function checkCall({ name, args }: Call<Bound>, nested: boolean): void {
  if (CONDITION_FUNCTIONS.has(name)) {
    throw validationError(`The function is not allowed in an update expression; function: ${name}`);
  }
  if (name !== 'if_not_exists' && name !== 'list_append') {
    throw validationError(`Invalid function name; function: ${name}`);
  }
  // DynamoDB takes list_append as a whole value only, never inside another function or a sum.
  if (name === 'list_append' && nested) {
    throw validationError(`The function is not allowed to be used this way in an expression; function: ${name}`);
  }
  if (args.length !== 2) {
    throw validationError(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
    );
  }
  for (const operand of args) checkOperand(operand, { nested: true });
  if (name === 'if_not_exists' && args[0]?.kind !== 'path') {
    throw validationError(`Operator or function requires a document path; operator or function: ${name}`);
  }
  if (name === 'list_append') for (const operand of args) assertType(name, operand, 'L');
}

function assertType(operator: string, operand: BoundOperand, type: AttributeType): void {
  if (operand.kind !== 'value' || typeOf(operand.value) === type) return;
  throw validationError(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(operand.value)}`,
  );
}

const wrongChange = (operator: string, type: AttributeType) =>
  validationError(
    `Incorrect operand type for operator or function; operator: ${operator}, operand type: ${TYPE_NAMES[type]}`,
  );
