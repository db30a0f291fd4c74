import { PlatformError } from '../errors.ts';

/** The part of a service's state that says what serves. */
export interface ChampionState {
  readonly service: string;
  readonly latestVersion: number;
  readonly champion: number | null;
  /** Earlier champions, oldest first. */
  readonly earlierChampions: readonly number[];
  readonly revision: number;
  readonly updatedAt: string;
}

/** How far back a service can be rolled back, one step at a time. */
export const ROLLBACK_DEPTH = 50;

/**
 * The state after `version` has become champion. The one it replaces is what a rollback returns to.
 *
 * @throws `registry.version_not_found` for a number that was never registered
 * @throws `registry.already_champion`
 */
export function promote<S extends ChampionState>(state: S, version: number, now: string): S {
  if (version > state.latestVersion) {
    throw new PlatformError('registry.version_not_found', {
      message: `${state.service} has no version ${version}; the latest is ${state.latestVersion}`,
      details: { service: state.service, version },
    });
  }
  if (version === state.champion) {
    throw new PlatformError('registry.already_champion', {
      message: `version ${version} of ${state.service} is the champion already; there is nothing to roll out`,
      details: { service: state.service, version },
    });
  }
  const earlier = state.champion === null ? state.earlierChampions : [...state.earlierChampions, state.champion];
  return moved(state, version, { earlier: earlier.slice(-ROLLBACK_DEPTH), now });
}

/**
 * The state after the champion has gone back to the one before it. Repeating goes back further.
 *
 * @throws `registry.nothing_to_roll_back` when there was no champion before
 */
export function rollBack<S extends ChampionState>(state: S, now: string): S {
  const previous = state.earlierChampions.at(-1);
  if (previous === undefined) {
    throw new PlatformError('registry.nothing_to_roll_back', {
      message: `${state.service} has no earlier champion to go back to; the champion is ${state.champion ?? 'not set'}`,
      details: { service: state.service, champion: state.champion },
    });
  }
  return moved(state, previous, { earlier: state.earlierChampions.slice(0, -1), now });
}

const moved = <S extends ChampionState>(
  state: S,
  champion: number,
  { earlier, now }: { earlier: readonly number[]; now: string },
): S => ({ ...state, champion, earlierChampions: earlier, revision: state.revision + 1, updatedAt: now });
