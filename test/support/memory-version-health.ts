import { PlatformError } from '../../core/domain/errors.ts';
import { CRASHES_COUNT_FOR_SECONDS, CRASHES_TO_QUARANTINE } from '../../core/domain/registry/quarantine.ts';
import type { CrashRecords, Quarantine, VersionHealth } from '../../core/ports/version-health.ts';

interface Entry {
  health: VersionHealth;
  expiresAtMs: number;
}

/** Crashes of versions in memory. */
export function memoryVersionHealth(): CrashRecords & Quarantine {
  const entries = new Map<string, Entry>();
  const keyOf = (service: string, version: number) => `${service}@${version}`;
  const live = (service: string, version: number, now: number): VersionHealth | undefined => {
    const entry = entries.get(keyOf(service, version));
    return entry && entry.expiresAtMs > now ? entry.health : undefined;
  };
  return {
    find: async (service, version, { now }) => live(service, version, now),
    async record(service, version, { now, reason }) {
      const known = live(service, version, now);
      if (known?.quarantinedAt !== undefined) return known;
      const at = new Date(now).toISOString();
      const crashes = (known?.crashes ?? 0) + 1;
      const isTooMany = crashes >= CRASHES_TO_QUARANTINE;
      const health = { version, crashes, lastCrashAt: at, reason, ...(isTooMany && { quarantinedAt: at }) };
      const expiresAtMs = isTooMany ? Number.POSITIVE_INFINITY : now + CRASHES_COUNT_FOR_SECONDS * 1000;
      entries.set(keyOf(service, version), { health, expiresAtMs });
      return health;
    },
    list: async (service) =>
      [...entries]
        .filter(([key, { health }]) => key.startsWith(`${service}@`) && health.quarantinedAt !== undefined)
        .map(([, { health }]) => health)
        .sort((a, b) => b.version - a.version),
    async release(service, version) {
      if (entries.get(keyOf(service, version))?.health.quarantinedAt === undefined) {
        throw new PlatformError('registry.not_quarantined', {
          message: `version ${version} of ${service} is not quarantined`,
          details: { service, version },
        });
      }
      entries.delete(keyOf(service, version));
    },
  };
}
