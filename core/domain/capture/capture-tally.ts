/** What became of the records of an object or a window. */
export interface CaptureTally {
  /** Of this version, each once. */
  readonly records: number;
  /** Rows that were counted. */
  readonly rows: number;
  /** Records whose event had been counted in the same object already: delivered twice. */
  readonly repeated: number;
  /** Records without payload, because a declared name is not in the model. */
  readonly withheld: number;
  /** Records of which a payload was too large for the capture. */
  readonly truncated: number;
  /** Records whose bodies could not be read as the model's inputs and outputs. */
  readonly unreadable: number;
  /** Rows equal, in all that is watched, to one before in the same object and window. */
  readonly duplicateRows: number;
}

export const EMPTY_TALLY: CaptureTally = {
  records: 0,
  rows: 0,
  repeated: 0,
  withheld: 0,
  truncated: 0,
  unreadable: 0,
  duplicateRows: 0,
};

const NAMES = Object.keys(EMPTY_TALLY) as (keyof CaptureTally)[];

export const mergeTallies = (...tallies: readonly CaptureTally[]): CaptureTally =>
  Object.fromEntries(
    NAMES.map((name) => [name, tallies.reduce((sum, tally) => sum + tally[name], 0)]),
  ) as unknown as CaptureTally;

/** A tally that was written as JSON. Anything that is no count is 0: a count that is not there yet was added later. */
export function tallyFromJson(value: unknown): CaptureTally {
  const counts = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const countOf = (name: string): number => (Number.isSafeInteger(counts[name]) ? (counts[name] as number) : 0);
  return Object.fromEntries(NAMES.map((name) => [name, countOf(name)])) as unknown as CaptureTally;
}
