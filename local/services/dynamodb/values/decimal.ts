import { validationError } from '../protocol/errors.ts';

/** ±d₁.d₂d₃… × 10^magnitude; `digits` has neither leading nor trailing zeros and is empty for zero. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly magnitude: number;
}

const MAX_DIGITS = 38;
const MAX_MAGNITUDE = 125;
const MIN_MAGNITUDE = -130;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const ZERO: Decimal = { negative: false, digits: '', magnitude: 0 };

/** @throws ValidationException for text that is no number, and outside DynamoDB's 38 digits and 10^-130 … 10^125 */
export function parseDecimal(text: string): Decimal {
  const match = NUMBER.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (match === null || whole.length + fraction.length === 0) {
    throw validationError(`The parameter cannot be converted to a numeric value${text === '' ? '' : `: ${text}`}`);
  }
  const decimal = normalize(`${whole}${fraction}`, whole.length - 1 + Number(exponent), sign === '-');
  if (decimal.digits.length > MAX_DIGITS) {
    throw validationError('Attempting to store more than 38 significant digits in a Number');
  }
  return withinRange(decimal);
}

export function formatDecimal({ negative, digits, magnitude }: Decimal): string {
  const sign = negative ? '-' : '';
  if (digits === '') return '0';
  if (magnitude < 0) return `${sign}0.${'0'.repeat(-magnitude - 1)}${digits}`;
  const whole = digits.slice(0, magnitude + 1).padEnd(magnitude + 1, '0');
  const fraction = digits.slice(magnitude + 1);
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

export function addDecimals(left: Decimal, right: Decimal): Decimal {
  const lowest = Math.min(lastPlace(left), lastPlace(right));
  const sum = scaled(left, lowest) + scaled(right, lowest);
  const digits = (sum < 0n ? -sum : sum).toString();
  const total = normalize(digits, digits.length - 1 + lowest, sum < 0n);
  // AWS calls a sum that needs more than 38 digits an overflow, unlike a number sent with too many.
  if (total.digits.length > MAX_DIGITS) throw overflow();
  return withinRange(total);
}

export function negateDecimal(decimal: Decimal): Decimal {
  return decimal.digits === '' ? decimal : { ...decimal, negative: !decimal.negative };
}

/** Negative, zero or positive, as `left` is below, equal to or above `right`. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const signs = signOf(left) - signOf(right);
  if (signs !== 0) return signs;
  const size = left.magnitude - right.magnitude;
  const absolute = size === 0 ? compareText(left.digits, right.digits) : size;
  return left.negative ? -absolute : absolute;
}

function normalize(digits: string, magnitude: number, negative: boolean): Decimal {
  const leading = /^0*/.exec(digits)?.[0].length ?? 0;
  const significant = digits.slice(leading).replace(/0+$/, '');
  return significant === '' ? ZERO : { negative, digits: significant, magnitude: magnitude - leading };
}

function withinRange(decimal: Decimal): Decimal {
  if (decimal.magnitude > MAX_MAGNITUDE) throw overflow();
  if (decimal.magnitude < MIN_MAGNITUDE) {
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
  return decimal;
}

const overflow = () =>
  validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');

const lastPlace = ({ digits, magnitude }: Decimal) => magnitude - Math.max(0, digits.length - 1);

function scaled(decimal: Decimal, lowest: number): bigint {
  const size = BigInt(decimal.digits === '' ? '0' : decimal.digits) * 10n ** BigInt(lastPlace(decimal) - lowest);
  return decimal.negative ? -size : size;
}

function signOf({ digits, negative }: Decimal): number {
  if (digits === '') return 0;
  return negative ? -1 : 1;
}

const compareText = (left: string, right: string) => (left === right ? 0 : left < right ? -1 : 1);
