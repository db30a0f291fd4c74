import type { ModelVersion, Rollout } from '../../core/contracts/api.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { Idempotency, ModelRegistry, ServiceState } from '../../core/ports/model-registry.ts';

interface Service {
  state: ServiceState;
  readonly versions: ModelVersion[];
  readonly rollouts: Rollout[];
  readonly requests: Map<string, { fingerprint: string; version?: number; rolloutId?: string }>;
}

/** A registry in memory. Each method does its work in one turn, so that what runs at the same time is one after the other. */
export function memoryModelRegistry(): ModelRegistry {
  const services = new Map<string, Service>();

  const open = (service: string, now: string): Service => {
    const held = services.get(service);
    if (held) return held;
    const state = { service, latestVersion: 0, champion: null, earlierChampions: [], revision: 0, updatedAt: now };
    const created: Service = { state, versions: [], rollouts: [], requests: new Map() };
    services.set(service, created);
    return created;
  };

  const recall = (service: string, idempotency: Idempotency | undefined) => {
    const request = idempotency && services.get(service)?.requests.get(idempotency.key);
    if (request && idempotency && request.fingerprint !== idempotency.fingerprint) {
      throw new PlatformError('registry.idempotency_mismatch', {
        message: 'the Idempotency-Key was used before with another request',
        details: { key: idempotency.key },
      });
    }
    return request;
  };

  const newestFirst = <T>(values: readonly T[]): T[] => structuredClone(values.toReversed());

  return {
    listServices: async () =>
      [...services.values()]
        .map(({ state }) => structuredClone(state))
        .sort((a, b) => (a.service < b.service ? -1 : 1)),
    findService: async (service) => structuredClone(services.get(service)?.state),
    listVersions: async (service) => newestFirst(services.get(service)?.versions ?? []),
    findVersion: async (service, version) => structuredClone(services.get(service)?.versions[version - 1]),
    findRollout: async (service, id) => structuredClone(services.get(service)?.rollouts.find((one) => one.id === id)),
    listRollouts: async (service) =>
      newestFirst(services.get(service)?.rollouts.toSorted((a, b) => (a.id < b.id ? -1 : 1)) ?? []),

    putHeadStart: async () => undefined,

    async findRequest(service, idempotency) {
      const request = recall(service, idempotency);
      if (!request) return undefined;
      const { version, rolloutId } = request;
      return { ...(version !== undefined && { version }), ...(rolloutId !== undefined && { rolloutId }) };
    },

    async appendVersion(draft, idempotency) {
      const earlier = recall(draft.service, idempotency)?.version;
      if (earlier !== undefined)
        return structuredClone(services.get(draft.service)?.versions[earlier - 1] as ModelVersion);
      const held = open(draft.service, draft.registeredAt);
      const version: ModelVersion = structuredClone({ ...draft, version: held.versions.length + 1 });
      held.versions.push(version);
      held.state = { ...held.state, latestVersion: version.version, updatedAt: draft.registeredAt };
      if (idempotency) held.requests.set(idempotency.key, { ...idempotency, version: version.version });
      return structuredClone(version);
    },

    async moveChampion(next, rollout, idempotency) {
      const held = services.get(next.service);
      const earlier = recall(next.service, idempotency)?.rolloutId;
      if (earlier !== undefined) return structuredClone(held?.rollouts.find(({ id }) => id === earlier) as Rollout);
      if (held?.state.revision !== next.revision - 1) {
        throw new PlatformError('registry.revision_conflict', {
          message: `what serves ${next.service} was changed by somebody else at the same time`,
          details: { service: next.service, expected: next.revision - 1 },
        });
      }
      // The number of versions is not the caller's to change: a registration may have come in between.
      held.state = structuredClone({ ...next, latestVersion: held.state.latestVersion });
      held.rollouts.push(structuredClone(rollout));
      if (idempotency) held.requests.set(idempotency.key, { ...idempotency, rolloutId: rollout.id });
      return structuredClone(rollout);
    },
  };
}
