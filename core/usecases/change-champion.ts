import type { Rollout, RolloutRequest } from '../contracts/api.ts';
import { PlatformError } from '../domain/errors.ts';
import { promote, rollBack } from '../domain/registry/champion.ts';
import type { Idempotency, ModelRegistry, ServiceState } from '../ports/model-registry.ts';
import type { Quarantine } from '../ports/version-health.ts';
import { requireService, requireVersion } from './find-service.ts';

export interface ChangeContext {
  readonly now: number;
  readonly idempotency?: Idempotency | undefined;
}

export interface ChangeDependencies {
  readonly registry: ModelRegistry;
  readonly quarantine: Pick<Quarantine, 'list'>;
  /** A fresh id; ids sort by the time they are made at. */
  readonly newId: (now: number) => string;
  /** Puts aside what cold starts of the version need; never rejects. */
  readonly prepare: (service: string, version: number) => Promise<void>;
}

/** Rolls a version out to all traffic at once. */
export const startRollout =
  (dependencies: ChangeDependencies) =>
  async (service: string, request: RolloutRequest, context: ChangeContext): Promise<Rollout> => {
    await requireVersion(dependencies.registry, service, request.version);
    return change(dependencies, service, {
      ...context,
      kind: 'rollout',
      move: (state, now) => promote(state, request.version, now),
    });
  };

/** Goes back to the champion before this one. */
export const startRollback =
  (dependencies: ChangeDependencies) =>
  (service: string, context: ChangeContext): Promise<Rollout> =>
    change(dependencies, service, { ...context, kind: 'rollback', move: rollBack });

async function repeated(
  registry: ModelRegistry,
  service: string,
  idempotency: Idempotency | undefined,
): Promise<Rollout | undefined> {
  const earlier = idempotency && (await registry.findRequest(service, idempotency));
  return earlier?.rolloutId === undefined ? undefined : registry.findRollout(service, earlier.rolloutId);
}

async function change(
  { registry, quarantine, newId, prepare }: ChangeDependencies,
  service: string,
  {
    now,
    idempotency,
    kind,
    move,
  }: ChangeContext & { kind: Rollout['kind']; move: (state: ServiceState, now: string) => ServiceState },
): Promise<Rollout> {
  const at = new Date(now).toISOString();
  const before = await requireService(registry, service);
  // After the state is read: a rival with the same key that moved the champion before is then found here, and one that
  // moves it later is met by `moveChampion`. The other way round, this request would find its own result and refuse it.
  const earlier = await repeated(registry, service, idempotency);
  if (earlier) return earlier;
  const after = move(before, at);
  await refuseQuarantined(quarantine, after);
  // Before the pointer moves, so that the first cold start of the version finds it. A move always ends at a champion.
  const version = after.champion as number;
  await prepare(service, version);
  return registry.moveChampion(
    after,
    {
      id: newId(now),
      service,
      kind,
      strategy: 'all-at-once',
      version,
      previous: before.champion,
      state: 'SUCCEEDED',
      startedAt: at,
      endedAt: at,
    },
    idempotency,
  );
}

/** A version that no function would serve must not become the one that serves. */
async function refuseQuarantined(
  quarantine: Pick<Quarantine, 'list'>,
  { service, champion }: ServiceState,
): Promise<void> {
  const found = (await quarantine.list(service)).find(({ version }) => version === champion);
  if (found?.quarantinedAt === undefined) return;
  const { version, crashes, quarantinedAt: since } = found;
  throw new PlatformError('registry.version_quarantined', {
    message: `version ${version} of ${service} is quarantined since ${since}, because it ended its process ${crashes} times; choose another, or lift it: DELETE /api/services/${service}/versions/${version}/quarantine`,
    details: { service, version, since },
  });
}
