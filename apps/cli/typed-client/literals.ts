/** Names come from the model's file, which anybody may have written: none of them may become code, or look like other code. */

/** Line ends, controls, and what turns or hides the text around it. */
const TREACHEROUS = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const escaped = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(TREACHEROUS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A string of TypeScript, in single quotes. */
export const stringLiteral = (text: string): string =>
  `'${escaped(text).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** A property's name: bare where it can be, reserved words included, else quoted. */
export const propertyName = (name: string): string =>
  /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : stringLiteral(name);

/** Text for a comment, which it cannot end. */
export const commentText = (text: string): string => escaped(text).replaceAll('*/', '*\\/');
