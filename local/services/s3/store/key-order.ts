const LAST_CODE_POINT = 0x10ffff;

/**
 * The first text, in the order of UTF-8 bytes, that is greater than every text beginning with `prefix`; none when there is no such text.
 */
export function afterPrefix(prefix: string): string | undefined {
  const codePoints = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (codePoints.at(-1) === LAST_CODE_POINT) codePoints.pop();
  const last = codePoints.pop();
  if (last === undefined) return undefined;
  // 0xd800 to 0xdfff are no characters.
  return String.fromCodePoint(...codePoints, last === 0xd7ff ? 0xe000 : last + 1);
}
