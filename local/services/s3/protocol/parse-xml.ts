import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { S3Error } from './s3-error.ts';

const MAX_DEPTH = 8;

/**
 * The one root element of a request body as nested text. Every element is a list, so that one and many look alike to a schema.
 *
 * @throws `MalformedXML` for text that is not well-formed, has another root, or declares a document type
 */
export function parseXml(text: string, root: string): unknown {
  // A document type is where entities are declared; S3's schemas have none, so it can only be an attack.
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) throw new S3Error('MalformedXML');
  // Namespaces and attributes say nothing here; values stay text, because a key like `007` is no number and ` a` is no `a`.
  const parser = new XMLParser({
    ignoreAttributes: true,
    ignoreDeclaration: true,
    removeNSPrefix: true,
    parseTagValue: false,
    trimValues: false,
    htmlEntities: true,
    maxNestedTags: MAX_DEPTH,
    isArray: (_name, path) => String(path).includes('.'),
  });
  const document: unknown = parsed(parser, text);
  if (typeof document !== 'object' || document === null || !Object.hasOwn(document, root)) {
    throw new S3Error('MalformedXML');
  }
  return (document as Readonly<Record<string, unknown>>)[root];
}

function parsed(parser: XMLParser, text: string): unknown {
  try {
    return parser.parse(text);
  } catch (error) {
    throw new S3Error('MalformedXML', { message: `${new S3Error('MalformedXML').message} (${String(error)})` });
  }
}
