import { type JsonValue, parseJson } from '../../core/domain/json/parse-json.ts';

/** A body as JSON; an empty one is an empty object. @throws `request.malformed` */
export const parseJsonBody = (text: string): JsonValue => (text.trim() === '' ? {} : parseJson(text));
