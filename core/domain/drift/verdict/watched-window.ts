import type { Profile } from '../profile/profile.ts';

/** The rows of a span of time, counted. */
export interface CountedWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly profile: Profile;
}

/** A window whose channels are known. */
export interface WatchedWindow extends CountedWindow {
  readonly channels: readonly number[];
}
