import { createHash } from 'node:crypto';
import { windowSortKey } from '../../core/contracts/table-keys.ts';
import type { WindowReport, WindowSummary } from '../../core/contracts/windows.ts';
import type { Cursor, ReportStore, WindowStore } from '../../core/ports/window-store.ts';

/** Evaluated windows in memory. */
export function memoryWindowStore(): WindowStore {
  const windows = new Map<string, WindowSummary>();
  const cursors = new Map<string, Cursor>();
  return {
    findCursor: async (service, { version, series }) => cursors.get(`${service}/${version}/${series}`),
    async commit({ service, cursor, windows: evaluated }) {
      const name = `${service}/${cursor.version}/${cursor.series}`;
      if ((cursors.get(name)?.revision ?? 0) !== cursor.revision - 1) return false;
      cursors.set(name, cursor);
      for (const window of evaluated) windows.set(`${service}/${window.id}`, window);
      return true;
    },
    find: async (service, id) => windows.get(`${service}/${id}`),
    async list(service, { limit, before, series, version }) {
      const asked = [...windows.values()]
        .filter((window) => window.service === service)
        .filter((window) => series === undefined || window.series === series)
        .filter((window) => version === undefined || window.version === version)
        .map((window) => ({ window, key: windowSortKey(window.id) }))
        .filter(({ key }) => before === undefined || key < before)
        .sort((a, b) => (a.key < b.key ? 1 : -1));
      const page = asked.slice(0, limit);
      return {
        windows: page.map(({ window }) => window),
        ...(page.length === limit && { before: page.at(-1)?.key }),
      };
    },
  };
}

/** Reports and memories in memory, whose keys a test can list. */
export function memoryReportStore(): ReportStore & {
  memories(): string[];
  violations(id: string): string | undefined;
} {
  const reports = new Map<string, WindowReport>();
  const violated = new Map<string, string>();
  const memories = new Map<string, string>();
  return {
    async putReport(report, violations) {
      reports.set(`${report.service}/${report.id}/${report.revision}`, structuredClone(report));
      violated.set(report.id, violations);
    },
    readReport: async (service, { id, revision }) => reports.get(`${service}/${id}/${revision}`),
    async putMemory({ service, version, series }, text) {
      const key = `${service}/${version}/${series}/${createHash('sha256').update(text).digest('hex')}`;
      memories.set(key, text);
      return key;
    },
    readMemory: async (key) => memories.get(key),
    removeMemory: async (key) => void memories.delete(key),
    memories: () => [...memories.keys()],
    violations: (id) => violated.get(id),
  };
}
