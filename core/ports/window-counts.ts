import type { CaptureTally } from '../domain/capture/capture-tally.ts';
import type { CapturedCounts } from '../domain/capture/count-captures.ts';
import type { Profile, ProfilePlan } from '../domain/drift/profile/profile.ts';

export interface CountedVersionKey {
  readonly service: string;
  readonly version: number;
}

/** Which counts: those by one baseline cannot be added to those by another. */
export interface CountsKey extends CountedVersionKey {
  /** `fingerprintOf` the baseline. */
  readonly baseline: string;
}

/** A slot of which something was counted. */
export interface KeptSlot {
  readonly fromMs: number;
  /** When it was kept, by the clock of the store: an event tells when an object came, not how often it was asked again since. */
  readonly keptAtMs: number;
}

/** All that was captured of a version in a span of time. */
export interface CountsOfSpan {
  readonly profile: Profile;
  readonly tally: CaptureTally;
  /** Capture objects that hold some of it; one that reaches over several slots counts in each. */
  readonly objects: number;
}

/** Counts of capture objects, by slots of `SLOT_MS`. */
export interface WindowCounts {
  /** Keeps what was counted in one capture object, in place of what was kept of it before. @throws `captures.unavailable` */
  keep(version: CountsKey, object: { key: string; counts: readonly CapturedCounts[] }): Promise<readonly KeptSlot[]>;
  /**
   * What was counted from a time (inclusive) to another (exclusive), both multiples of a slot; counts of none are those of no rows.
   *
   * @throws `captures.unavailable`, and `profile.malformed` for counts by another plan
   */
  sum(
    version: CountsKey,
    span: { readonly plan: ProfilePlan; readonly fromMs: number; readonly toMs: number },
  ): Promise<CountsOfSpan>;
  /** The first slot from a time on that has counts. @throws `captures.unavailable` */
  firstFrom(version: CountsKey, fromMs: number): Promise<number | undefined>;
}

/** Windows that late captures have changed. */
export interface ReopenedWindows {
  /** Says that counts of these slots were written after their windows may have been evaluated. */
  mark(version: CountedVersionKey, slots: readonly number[], times: { now: number }): Promise<void>;
  /** In the order of time. */
  list(version: CountedVersionKey): Promise<ReopenedSlot[]>;
  /** Takes a mark back, unless it was made again meanwhile. */
  clear(version: CountedVersionKey, slot: ReopenedSlot): Promise<void>;
}

export interface ReopenedSlot {
  readonly slotMs: number;
  /** How often it was marked. */
  readonly marks: number;
  readonly markedAtMs: number;
}
