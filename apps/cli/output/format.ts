const MIB = 1024 * 1024;

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < MIB ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / MIB).toFixed(1)} MiB`;
}

/** `2026-11-24 02:15:09Z`: to the second, in UTC, sortable. */
export const formatInstant = (iso: string): string => iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z');

/** Enough digits to compare two versions by. */
export const formatMetric = (value: number): string => String(Number(value.toPrecision(5)));

export const shortHash = (sha256: string): string => sha256.slice(0, 12);

/** What has no value. */
export const NONE = '-';
