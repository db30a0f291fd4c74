const EXPRESSION = /!\{([^:}]*):([^}]*)\}/g;
const DEFAULT_PREFIX = '!{timestamp:yyyy/MM/dd/HH}/';
/** Java's DateTimeFormatter as far as it can stand in a key: fields, quoted text, and what is no letter. */
const PATTERN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g;

type Field = (date: Date) => number;

const FIELDS: Readonly<Record<string, Field>> = {
  y: (date) => date.getUTCFullYear(),
  M: (date) => date.getUTCMonth() + 1,
  d: (date) => date.getUTCDate(),
  H: (date) => date.getUTCHours(),
  m: (date) => date.getUTCMinutes(),
  s: (date) => date.getUTCSeconds(),
};

/** @throws Error that names an expression which cannot be evaluated here */
export function checkPrefix(prefix: string | undefined, extra: readonly string[] = []): void {
  for (const [expression, namespace, value = ''] of (prefix ?? '').matchAll(EXPRESSION)) {
    if (namespace === 'timestamp') formatTimestamp(value, new Date(0));
    else if (!(namespace === 'firehose' && ['random-string', ...extra].includes(value))) {
      throw new Error(`the expression ${expression} is not available on the local platform`);
    }
  }
}

/**
 * The prefix of an object's key: its expressions evaluated, and the default one behind a prefix that has no time of its own.
 *
 * @param date when the oldest record of the object came; told in UTC
 */
export function evaluatePrefix(prefix: string | undefined, date: Date, randomString: () => string): string {
  const text = prefix ?? '';
  const full = text.includes('!{') ? text : `${text}${DEFAULT_PREFIX}`;
  return full.replace(EXPRESSION, (_, namespace: string, value: string) =>
    namespace === 'timestamp' ? formatTimestamp(value, date) : randomString(),
  );
}

/** @throws Error for a letter that is no field of a date here */
export function formatTimestamp(pattern: string, date: Date): string {
  return pattern.replace(PATTERN, (part: string, quoted: string | undefined, letter: string | undefined) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'");
    if (letter === undefined) return part;
    const field = FIELDS[letter];
    if (field === undefined) throw new Error(`the timestamp pattern ${pattern} has ${part}, which is not available`);
    const text = String(field(date));
    // Two letters of a year are its last two digits, by the formatter's rule.
    return letter === 'y' && part.length === 2 ? text.slice(-2) : text.padStart(part.length, '0');
  });
}
