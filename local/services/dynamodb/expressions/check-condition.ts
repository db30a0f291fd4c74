import { validationError } from '../protocol/errors.ts';
import { ATTRIBUTE_TYPES, type AttributeType, type AttributeValue, typeOf } from '../values/attribute-value.ts';
import { compareScalars } from '../values/compare-values.ts';
import type { Between, BoundCondition, BoundOperand, Call, Comparison, Membership } from './syntax.ts';
import { type Bound, describePath } from './syntax.ts';

const OPERANDS: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};
const UPDATE_FUNCTIONS: ReadonlySet<string> = new Set(['if_not_exists', 'list_append']);
const MAX_IN_OPERANDS = 100;

/** Refuses what DynamoDB refuses before it looks at any item: wrong functions, operand counts and operand types. */
export function checkCondition(condition: BoundCondition): void {
  switch (condition.kind) {
    case 'and':
    case 'or':
      for (const term of condition.terms) checkCondition(term);
      break;
    case 'not':
      checkCondition(condition.term);
      break;
    case 'compare':
      checkComparison(condition);
      break;
    case 'between':
      checkBetween(condition);
      break;
    case 'in':
      checkMembership(condition);
      break;
    case 'call':
      if (condition.name === 'size') throw notAllowedThisWay('size');
      checkCall(condition);
  }
}

function checkMembership({ operand, candidates }: Membership<Bound>): void {
  for (const each of [operand, ...candidates]) checkOperand(each);
  // The operand before IN counts among the hundred.
  if (candidates.length >= MAX_IN_OPERANDS) throw wrongOperandCount('IN', candidates.length + 1);
}

function checkComparison({ comparator, left, right }: Comparison<Bound>): void {
  for (const operand of [left, right]) checkOperand(operand);
  assertDistinct(comparator, left, right);
  if (comparator !== '=' && comparator !== '<>') {
    for (const operand of [left, right]) assertOperandType(comparator, operand, ['S', 'N', 'B']);
  }
}

function checkBetween({ operand, low, high }: Between<Bound>): void {
  const operands = [operand, low, high];
  for (const each of operands) {
    checkOperand(each);
    assertOperandType('BETWEEN', each, ['S', 'N', 'B']);
  }
  if (low.kind !== 'value' || high.kind !== 'value') return;
  const order = compareScalars(low.value, high.value);
  const bounds = `lower bound operand: ${describeValue(low.value)}, upper bound operand: ${describeValue(high.value)}`;
  if (order === undefined) {
    throw validationError(`The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`);
  }
  if (order > 0) {
    throw validationError(
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
    );
  }
}

/** Only `size` gives a value to compare; the other functions are conditions by themselves. */
function checkOperand(operand: BoundOperand): void {
  if (operand.kind !== 'call') return;
  assertKnown(operand.name);
  if (operand.name !== 'size') throw notAllowedThisWay(operand.name);
  checkCall(operand);
}

function checkCall({ name, args }: Call<Bound>): void {
  assertKnown(name);
  for (const operand of args) checkOperand(operand);
  if (args.length !== OPERANDS[name]) throw wrongOperandCount(name, args.length);
  const [first, second] = args as readonly [BoundOperand, BoundOperand];
  switch (name) {
    case 'attribute_type':
      checkAttributeType(second);
      break;
    case 'begins_with':
      for (const operand of [first, second]) assertOperandType(name, operand, ['S', 'B']);
      break;
    case 'contains':
      assertDistinct(name, first, second);
      break;
    case 'size':
      assertOperandType(name, first, ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M']);
      break;
    default:
      if (first.kind !== 'path') {
        throw validationError(`Operator or function requires a document path; operator or function: ${name}`);
      }
  }
}

function checkAttributeType(expected: BoundOperand): void {
  if (expected.kind !== 'value') {
    throw validationError(
      'Incorrect operand type for operator or function; operator or function: attribute_type, operand type: path',
    );
  }
  assertOperandType('attribute_type', expected, ['S']);
  const type = 'S' in expected.value ? expected.value.S : '';
  if ((ATTRIBUTE_TYPES as readonly string[]).includes(type)) return;
  throw validationError(
    `Invalid attribute type name found; type: ${type}, valid types: {${ATTRIBUTE_TYPES.join(',')}}`,
  );
}

function assertKnown(name: string): void {
  if (UPDATE_FUNCTIONS.has(name)) {
    throw validationError(`The function is not allowed in a condition expression; function: ${name}`);
  }
  if (!Object.hasOwn(OPERANDS, name)) throw validationError(`Invalid function name; function: ${name}`);
}

function assertDistinct(operator: string, left: BoundOperand, right: BoundOperand): void {
  if (left.kind !== 'path' || right.kind !== 'path' || describePath(left) !== describePath(right)) return;
  throw validationError(
    `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${describePath(left)}`,
  );
}

function assertOperandType(operator: string, operand: BoundOperand, allowed: readonly AttributeType[]): void {
  if (operand.kind !== 'value' || allowed.includes(typeOf(operand.value))) return;
  throw validationError(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(operand.value)}`,
  );
}

const describeValue = (value: AttributeValue) =>
  `AttributeValue: {${typeOf(value)}:${String(Object.values(value)[0])}}`;

const notAllowedThisWay = (name: string) =>
  validationError(`The function is not allowed to be used this way in an expression; function: ${name}`);

const wrongOperandCount = (name: string, count: number) =>
  validationError(
    `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
  );
