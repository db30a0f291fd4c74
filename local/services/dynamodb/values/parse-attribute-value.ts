import { serializationError, validationError } from '../protocol/errors.ts';
import { ATTRIBUTE_TYPES, type AttributeType, type AttributeValue, emptyItem, type Item } from './attribute-value.ts';
import { formatDecimal, parseDecimal } from './decimal.ts';

const MAX_NESTING = 32;
const MAX_NAME_BYTES = 65_535;
const TYPES: ReadonlySet<string> = new Set(ATTRIBUTE_TYPES);

/** Checks a map of values that came with a request and brings its numbers and binaries into canonical form. */
export function parseItem(raw: unknown, depth = 1): Item {
  const item = emptyItem();
  for (const [name, value] of Object.entries(requireObject(raw))) {
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
      throw validationError(`Attribute name is too large, must be less than ${MAX_NAME_BYTES + 1} bytes`);
    }
    item[name] = parseAttributeValue(value, depth);
  }
  return item;
}

export function parseAttributeValue(raw: unknown, depth = 1): AttributeValue {
  if (depth > MAX_NESTING) {
    throw validationError(
      'Nesting Levels have exceeded supported limits: Attributes nested beyond supported levels of 32',
    );
  }
  const value = requireObject(raw);
  const types = Object.keys(value).filter((type) => TYPES.has(type));
  if (types.length === 0) {
    throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  if (types.length > 1) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  const type = types[0] as AttributeType;
  return PARSERS[type](value[type], depth);
}

const PARSERS: Readonly<Record<AttributeType, (content: unknown, depth: number) => AttributeValue>> = {
  S: (content) => ({ S: requireString(content) }),
  N: (content) => ({ N: canonicalNumber(content) }),
  B: (content) => ({ B: canonicalBinary(content) }),
  BOOL: (content) => ({ BOOL: requireBoolean(content) }),
  NULL(content) {
    if (!requireBoolean(content)) {
      throw validationError(
        'One or more parameter values were invalid: Null attribute value types must have the value of true',
      );
    }
    return { NULL: true };
  },
  SS: (content) => ({ SS: parseSet(content, requireString, 'An string set  may not be empty') }),
  NS: (content) => ({ NS: parseSet(content, canonicalNumber, 'An number set  may not be empty') }),
  BS: (content) => ({ BS: parseSet(content, canonicalBinary, 'Binary sets should not be empty') }),
  L: (content, depth) => ({ L: requireArray(content).map((element) => parseAttributeValue(element, depth + 1)) }),
  M: (content, depth) => ({ M: parseItem(content, depth + 1) }),
};

function parseSet(content: unknown, parse: (element: unknown) => string, whenEmpty: string): readonly string[] {
  const elements = requireArray(content).map(parse);
  if (elements.length === 0) throw validationError(`One or more parameter values were invalid: ${whenEmpty}`);
  if (new Set(elements).size < elements.length) {
    throw validationError(
      `One or more parameter values were invalid: Input collection [${elements.join(', ')}] contains duplicates.`,
    );
  }
  return elements;
}

const canonicalNumber = (content: unknown) => formatDecimal(parseDecimal(requireString(content)));

function canonicalBinary(content: unknown): string {
  const text = requireString(content);
  const canonical = Buffer.from(text, 'base64').toString('base64');
  if (canonical.length !== text.length) throw serializationError('a binary value is not valid base64');
  return canonical;
}

function requireObject(raw: unknown): Readonly<Record<string, unknown>> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw unexpected(raw, 'an object');
  return raw as Record<string, unknown>;
}

function requireArray(raw: unknown): readonly unknown[] {
  if (!Array.isArray(raw)) throw unexpected(raw, 'a list');
  return raw;
}

function requireString(raw: unknown): string {
  if (typeof raw !== 'string') throw unexpected(raw, 'a string');
  return raw;
}

function requireBoolean(raw: unknown): boolean {
  if (typeof raw !== 'boolean') throw unexpected(raw, 'a boolean');
  return raw;
}

const unexpected = (raw: unknown, expected: string) =>
  serializationError(`an attribute value holds ${raw === null ? 'null' : typeof raw} where ${expected} belongs`);
