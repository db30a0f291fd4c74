/**
 * Keys of the one registry table.
 *
 * | pk               | sk                  | item                                       |
 * |------------------|---------------------|--------------------------------------------|
 * | `SERVICES`       | `{service}`         | directory entry, to list services          |
 * | `SERVICE#{name}` | `STATE`             | champion pointer, latest version, revision |
 * | `SERVICE#{name}` | `HEADSTART`         | the champion's version and model in one item, for cold starts |
 * | `SERVICE#{name}` | `VERSION#{8 digits}`| one immutable version                      |
 * | `SERVICE#{name}` | `ROLLOUT#{id}`      | one rollout or rollback                    |
 * | `SERVICE#{name}` | `REQUEST#{key}`     | what an idempotency key led to; expires    |
 * | `CAPTURE#{name}` | `SALT`              | key of the hashes in a service's captures  |
 * | `HEALTH#{name}`  | `VERSION#{8 digits}`| a version's crashes; expires, unless it is quarantined |
 * | `PREDICTION#{name}#{id}` | `P`          | a captured prediction, by which labels are known; expires |
 * | `RECENT#{name}`  | `{13 digits}#{delivery}` | ids of captures that are on their way, by time; expires |
 * | `LABEL#{name}#{id}` | `{8 digits}`     | the label of one row of a prediction; expires |
 * | `LABELS#{name}`  | `HOUR#{yyyy-mm-ddThh}` | how many labels the predictions of an hour have; expires |
 * | `WINDOWS#{name}` | `WINDOW#{window start}#{window id}` | summary of an evaluated window; expires |
 * | `WINDOWS#{name}` | `CURSOR#{8 digits}#{series}` | how far a version's windows are evaluated, with a revision |
 * | `REOPENED#{name}` | `{8 digits}#{slot}` | late captures have changed the window of a slot; expires |
 * | `BASELINES#{name}` | `{8 digits}`       | the baseline of captures that was asked for last |
 * | `ALARMS#{name}` | `NOTICE#{alarm}#{time}#{state}#{channel}` | what was told of a transition of an alarm; expires |
 */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', timeToLive: 'expiresAt' } as const;

export const directoryKey = (service: string) => ({ pk: 'SERVICES', sk: service });
export const DIRECTORY_PARTITION = 'SERVICES';

export const servicePartition = (service: string): string => `SERVICE#${service}`;
export const stateKey = (service: string) => ({ pk: servicePartition(service), sk: 'STATE' });

/** Not what serves but what is likely to: `STATE` decides. */
export const headStartKey = (service: string) => ({ pk: servicePartition(service), sk: 'HEADSTART' });

export const VERSION_PREFIX = 'VERSION#';
// Zero-padded so that the sort key orders versions as numbers.
const versionSortKey = (version: number): string => `${VERSION_PREFIX}${String(version).padStart(8, '0')}`;
export const versionKey = (service: string, version: number) => ({
  pk: servicePartition(service),
  sk: versionSortKey(version),
});

export const ROLLOUT_PREFIX = 'ROLLOUT#';
export const rolloutKey = (service: string, id: string) => ({
  pk: servicePartition(service),
  sk: `${ROLLOUT_PREFIX}${id}`,
});

export const requestKey = (service: string, idempotencyKey: string) => ({
  pk: servicePartition(service),
  sk: `REQUEST#${idempotencyKey}`,
});

/** A partition of its own, so that an inference function may write here and nowhere near the champion. */
export const capturePartition = (service: string): string => `CAPTURE#${service}`;
export const captureSaltKey = (service: string) => ({ pk: capturePartition(service), sk: 'SALT' });

/** Written by inference functions, for the same reason in a partition of its own. */
export const healthPartition = (service: string): string => `HEALTH#${service}`;
export const healthKey = (service: string, version: number) => ({
  pk: healthPartition(service),
  sk: versionSortKey(version),
});

/**
 * A partition for each prediction: labels come in bulk and for any time, and a common partition takes 1,000 writes a second. A service's name holds no `#`, so none begins another one's keys.
 */
export const predictionPartition = (service: string, id: string): string => `PREDICTION#${service}#${id}`;
export const predictionKey = (service: string, id: string) => ({ pk: predictionPartition(service, id), sk: 'P' });

/** What inference functions write lies apart from all else. */
export const recentPartition = (service: string): string => `RECENT#${service}`;
/** Sorts by time. */
export const recentSortKey = (atMs: number): string => String(atMs).padStart(13, '0');

export const labelPartition = (service: string, id: string): string => `LABEL#${service}#${id}`;
export const labelKey = (service: string, id: string, row: number) => ({
  pk: labelPartition(service, id),
  sk: String(row).padStart(8, '0'),
});

export const labelledHoursPartition = (service: string): string => `LABELS#${service}`;
export const HOUR_PREFIX = 'HOUR#';
export const labelledHourKey = (service: string, hour: string) => ({
  pk: labelledHoursPartition(service),
  sk: `${HOUR_PREFIX}${hour}`,
});

/** Written by the monitor. */
export const windowsPartition = (service: string): string => `WINDOWS#${service}`;
export const WINDOW_PREFIX = 'WINDOW#';
/** By the time of the window first, so that windows are listed in the order of time: `20261125T1000Z#3.window.20261125T1000Z`. */
export const windowSortKey = (id: string): string => `${id.slice(id.lastIndexOf('.') + 1)}#${id}`;
export const windowKey = (service: string, id: string) => ({
  pk: windowsPartition(service),
  sk: `${WINDOW_PREFIX}${windowSortKey(id)}`,
});
export const cursorKey = (service: string, { version, series }: { version: number; series: string }) => ({
  pk: windowsPartition(service),
  sk: `CURSOR#${String(version).padStart(8, '0')}#${series}`,
});
/** Marks lie apart, so that what takes captures in writes there and nowhere near the windows. */
export const reopenedPartition = (service: string): string => `REOPENED#${service}`;
export const reopenedPrefix = (version: number): string => `${String(version).padStart(8, '0')}#`;

/** Written by what notifies. */
export const alarmsPartition = (service: string): string => `ALARMS#${service}`;
export const noticeKey = (service: string, name: string) => ({ pk: alarmsPartition(service), sk: `NOTICE#${name}` });

/** Written by who asks for a baseline of captures, and by who makes it. */
export const baselinesPartition = (service: string): string => `BASELINES#${service}`;
export const baselineJobKey = (service: string, version: number) => ({
  pk: baselinesPartition(service),
  sk: String(version).padStart(8, '0'),
});
