import type { ServiceSummary } from '../contracts/api.ts';
import type { ModelRegistry, ServiceState } from '../ports/model-registry.ts';

/** What exists and what serves: every registered service, and the declared ones that have no version yet. */
export const describeServices = ({ registry, declared }: { registry: ModelRegistry; declared: readonly string[] }) => {
  const isDeclared = new Set(declared);

  const summarize = (state: ServiceState): ServiceSummary => ({
    service: state.service,
    declared: isDeclared.has(state.service),
    champion: state.champion,
    aliases: state.champion === null ? {} : { champion: state.champion },
    weights: state.champion === null ? {} : { [state.champion]: 1 },
    latestVersion: state.latestVersion,
    revision: state.revision,
    updatedAt: state.updatedAt,
  });

  const empty = (service: string): ServiceSummary => ({
    service,
    declared: true,
    champion: null,
    aliases: {},
    weights: {},
    latestVersion: 0,
    revision: 0,
    updatedAt: null,
  });

  return {
    async list(): Promise<ServiceSummary[]> {
      const states = await registry.listServices();
      const known = new Set(states.map(({ service }) => service));
      const waiting = declared.filter((service) => !known.has(service)).map(empty);
      return [...states.map(summarize), ...waiting].sort((a, b) => (a.service < b.service ? -1 : 1));
    },
    /** @returns undefined for a name that is neither registered nor declared */
    async find(service: string): Promise<ServiceSummary | undefined> {
      const state = await registry.findService(service);
      if (state) return summarize(state);
      return isDeclared.has(service) ? empty(service) : undefined;
    },
  };
};
