import type { ModelVersion, Rollout } from '../contracts/api.ts';
import type { ChampionState } from '../domain/registry/champion.ts';

/** What of a service changes: which version serves, and how many there are. */
export type ServiceState = ChampionState;

/** A write that a caller may repeat: the second time the first one's result is returned. */
export interface Idempotency {
  readonly key: string;
  /** Digest of the request: the same key with another request is a mistake of the caller. */
  readonly fingerprint: string;
  /** When the key may be forgotten, seconds since the epoch. */
  readonly expiresAt: number;
}

/** What a cold start needs of a version that is about to serve, at one place. */
export interface HeadStart {
  readonly version: ModelVersion;
  /** What the version is loaded from, where it is small enough. */
  readonly model?: { readonly bytes: Uint8Array; readonly sha256: string } | undefined;
}

export interface ModelRegistry {
  /** All services in order of name. */
  listServices(): Promise<ServiceState[]>;
  findService(service: string): Promise<ServiceState | undefined>;
  /** Newest first. */
  listVersions(service: string): Promise<ModelVersion[]>;
  findVersion(service: string, version: number): Promise<ModelVersion | undefined>;
  /**
   * Adds the next version: numbers have no gaps whatever runs at the same time, and all of it is written or nothing.
   *
   * @throws `registry.contended` when others kept getting the next number first
   * @throws `registry.idempotency_mismatch`
   */
  appendVersion(draft: Omit<ModelVersion, 'version'>, idempotency?: Idempotency): Promise<ModelVersion>;
  /**
   * Moves the champion in one conditional write together with its record.
   *
   * @throws `registry.revision_conflict` when `next.revision - 1` is no longer the stored revision; nothing is written
   * @throws `registry.idempotency_mismatch`
   */
  moveChampion(next: ServiceState, rollout: Rollout, idempotency?: Idempotency): Promise<Rollout>;
  /** Remembers what a cold start of the service is likely to need, in place of what was remembered before. */
  putHeadStart(headStart: HeadStart): Promise<void>;
  findRollout(service: string, id: string): Promise<Rollout | undefined>;
  /** Newest first. */
  listRollouts(service: string): Promise<Rollout[]>;
  /** What an idempotency key led to: `version` or `rollout` is given, as it was stored. @throws `registry.idempotency_mismatch` */
  findRequest(service: string, idempotency: Idempotency): Promise<{ version?: number; rolloutId?: string } | undefined>;
}
