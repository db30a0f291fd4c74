import { isPlatformError, PlatformError } from '../errors.ts';
import { csvReader } from './csv-reader.ts';

/** The rows of a CSV body as text. @throws `request.invalid`, with `remedy` where there is no row */
export function readCsv(text: string, remedy: string): string[][] {
  const rows: string[][] = [];
  const reader = csvReader((cells) => rows.push(cells));
  try {
    reader.push(text);
    reader.end();
  } catch (error) {
    throw isPlatformError(error) ? invalid(`the body cannot be read: ${error.message}`) : error;
  }
  if (rows.length > 0) return rows;
  throw invalid(`the body has no rows; ${remedy}`);
}

const invalid = (problem: string) =>
  new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
