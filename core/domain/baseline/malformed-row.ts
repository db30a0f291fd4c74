import { PlatformError } from '../errors.ts';

/** @param place row of the data, counted from 1 below the header; the name of the column, empty where it is the whole row */
export const malformedRow = (reason: string, { row, column }: { row: number; column: string }) =>
  new PlatformError('baseline.malformed', {
    message: `the baseline cannot be read: row ${row}${column === '' ? '' : `, column ${JSON.stringify(column)}`}: ${reason}`,
    details: { row, column, reason },
  });
