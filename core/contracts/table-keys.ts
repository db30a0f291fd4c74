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
