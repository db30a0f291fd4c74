/** What an element can hold: text, child elements, or several elements of its name. An undefined value leaves the element out. */
export type XmlValue = string | number | boolean | undefined | XmlElements | readonly XmlValue[];
export interface XmlElements {
  readonly [name: string]: XmlValue;
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole document with one root. */
export function xmlDocument(
  root: string,
  content: XmlValue,
  { namespace = NAMESPACE }: { namespace?: string | null } = {},
): string {
  const attribute = namespace === null ? '' : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${inner(content)}</${root}>`;
}

function inner(value: XmlValue): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return escapeText(String(value));
  return Object.entries(value)
    .map(([name, child]) => element(name, child))
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map((one) => element(name, one)).join('');
  return `<${name}>${inner(value)}</${name}>`;
}

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);

/** Control characters go as references, as S3 sends them: a raw line end would be changed by the reader's line-end rules. */
function escapeText(text: string): string {
  return text.replace(/[&<>"]|\p{Cc}/gu, (character) => ENTITIES[character] ?? reference(character));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const reference = (character: string) => `&#x${character.charCodeAt(0).toString(16)};`;
