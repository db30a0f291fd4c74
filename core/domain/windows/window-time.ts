/** A moment as window ids and keys of counts have it: `20261125T1000Z`. Sorts by time. */
export const compactTime = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}Z`;

const COMPACT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z$/;

/** NaN for what `compactTime` does not write. */
export const parseCompactTime = (text: string): number => {
  const [, year, month, day, hour, minute] = COMPACT.exec(text) ?? [];
  return year === undefined ? Number.NaN : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
};
