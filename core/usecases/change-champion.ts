import type { Rollout, RolloutRequest } from '../contracts/api.ts';
import { promote, rollBack } from '../domain/registry/champion.ts';
import type { Idempotency, ModelRegistry, ServiceState } from '../ports/model-registry.ts';
import { requireService, requireVersion } from './find-service.ts';

export interface ChangeContext {
  readonly now: number;
  readonly idempotency?: Idempotency | undefined;
}

export interface ChangeDependencies {
  readonly registry: ModelRegistry;
  /** A fresh id; ids sort by the time they are made at. */
  readonly newId: (now: number) => string;
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
  { registry, newId }: ChangeDependencies,
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
  return registry.moveChampion(
    after,
    {
      id: newId(now),
      service,
      kind,
      strategy: 'all-at-once',
      // A move always ends at a champion.
      version: after.champion as number,
      previous: before.champion,
      state: 'SUCCEEDED',
      startedAt: at,
      endedAt: at,
    },
    idempotency,
  );
}
