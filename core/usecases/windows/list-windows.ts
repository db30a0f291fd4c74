import type { WindowList, WindowReport } from '../../contracts/windows.ts';
import { PlatformError } from '../../domain/errors.ts';
import { parseWindowId } from '../../domain/windows/window-id.ts';
import type { BaselineStore } from '../../ports/baseline-store.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { ListOptions, ReportStore, WindowStore } from '../../ports/window-store.ts';
import { hasBaseline } from '../count-captures.ts';
import { requireService } from '../find-service.ts';

export interface ListWindowsDependencies {
  readonly registry: Pick<ModelRegistry, 'findService' | 'findVersion' | 'listVersions'>;
  readonly baselines: Pick<BaselineStore, 'tag'>;
  readonly windows: Pick<WindowStore, 'find' | 'list'>;
  readonly reports: Pick<ReportStore, 'readReport'>;
  /** Names of the services whose predictions are captured, and of those whose windows are evaluated. */
  readonly captured: readonly string[];
  readonly monitored: readonly string[];
}

/** Evaluated windows, as people and clients ask for them. */
export function listWindows({ registry, baselines, windows, reports, captured, monitored }: ListWindowsDependencies) {
  const notesOf = async (service: string, champion: number | null): Promise<string[]> => {
    if (!captured.includes(service)) {
      return [
        `the predictions of ${service} are not captured, so nothing can be evaluated: declare it with "capture" and "monitor" in keelson.config.ts and deploy`,
      ];
    }
    if (!monitored.includes(service)) {
      return [`${service} is captured and not monitored: declare it with "monitor" in keelson.config.ts and deploy`];
    }
    if (champion === null) return [`no version of ${service} serves`];
    const version = await registry.findVersion(service, champion);
    if (version !== undefined && (await hasBaseline(baselines, version))) return [];
    return [
      `version ${champion} of ${service} has no baseline to be compared with: register it with --baseline, or make one of what was captured with keelson baseline ${service} ${champion}`,
    ];
  };
  return {
    /** @throws `registry.service_not_found` */
    async list(service: string, options: ListOptions): Promise<WindowList> {
      const { champion } = await requireService(registry, service);
      const [page, notes] = await Promise.all([windows.list(service, options), notesOf(service, champion)]);
      return {
        service,
        windows: page.windows,
        ...(page.before !== undefined && { before: page.before }),
        notes,
      };
    },
    /** @param revision of the window; the last one where none is given @throws `registry.service_not_found`, `window.not_found` */
    async find(service: string, id: string, revision?: number): Promise<WindowReport> {
      await requireService(registry, service);
      const summary = parseWindowId(id) && (await windows.find(service, id));
      const report = summary && (await reports.readReport(service, { id, revision: revision ?? summary.revision }));
      if (report) return report;
      throw new PlatformError('window.not_found', {
        message: `${service} has no evaluated window ${JSON.stringify(id)}${revision === undefined ? '' : ` of revision ${revision}`}; GET /api/services/${service}/windows lists them`,
        details: { service, id },
      });
    },
  };
}
