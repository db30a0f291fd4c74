import { invalidArgument } from './s3-error.ts';

/**
 * Text of a query parameter as the value of a header: its UTF-8 bytes, one character each, as Node reads and writes headers.
 *
 * @throws `InvalidArgument` for control characters, with which one header could become two
 */
export function headerText(parameter: string, text: string): string {
  if (/\p{Cc}/u.test(text)) throw invalidArgument(parameter, text, 'A header value must not hold control characters');
  return Buffer.from(text, 'utf8').toString('latin1');
}
