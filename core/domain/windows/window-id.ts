import type { SeriesName } from './window-grid.ts';
import { compactTime, parseCompactTime } from './window-time.ts';

export interface WindowName {
  readonly version: number;
  readonly series: SeriesName;
  readonly fromMs: number;
}

/** `3.window.20261125T1000Z` */
export const windowId = ({ version, series, fromMs }: WindowName): string =>
  `${version}.${series}.${compactTime(fromMs)}`;

const ID = /^([1-9]\d{0,7})\.(window|day|week)\.(\d{8}T\d{4}Z)$/;

/** Undefined for what is no id. */
export function parseWindowId(id: string): WindowName | undefined {
  const [, version, series, time] = ID.exec(id) ?? [];
  const fromMs = parseCompactTime(time ?? '');
  return Number.isNaN(fromMs) ? undefined : { version: Number(version), series: series as SeriesName, fromMs };
}
