/** How often a version has ended the process that it ran in. */
export interface VersionHealth {
  readonly version: number;
  /** Those that are not longer ago than `CRASHES_COUNT_FOR_SECONDS`. */
  readonly crashes: number;
  readonly lastCrashAt: string;
  /** Code of the last crash. */
  readonly reason: string;
  /** Since when it is not served any more. */
  readonly quarantinedAt?: string | undefined;
}

/** What inference functions write and read. */
export interface CrashRecords {
  /** @returns undefined where the version has not crashed lately */
  find(service: string, version: number, times: { now: number }): Promise<VersionHealth | undefined>;
  /** Counts one crash; the one that makes it too many quarantines the version. Concurrent crashes are each counted. */
  record(service: string, version: number, crash: { now: number; reason: string }): Promise<VersionHealth>;
}

/** What the control API reads and lifts. */
export interface Quarantine {
  /** Those of a service that are quarantined, newest version first. */
  list(service: string): Promise<VersionHealth[]>;
  /** Lets a version be served again, with its crashes forgotten. @throws `registry.not_quarantined` */
  release(service: string, version: number, times: { now: number }): Promise<void>;
}
