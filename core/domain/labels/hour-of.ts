const HOUR_CHARACTERS = 'yyyy-mm-ddThh'.length;

/** The UTC hour that a moment lies in, as `2026-06-01T12`: sorts by time. */
export const hourOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, HOUR_CHARACTERS);
