import type { Profile, ProfilePlan } from '../profile/profile.ts';
import { type ChannelSet, createChannels } from './channels.ts';
import { conformalMaximum } from './conformal-maximum.ts';
import { type Effect, effectsOf } from './effects.ts';
import { expectedProfile } from './expected-profile.ts';
import { alphaOf } from './false-alarms.ts';
import { chooseStrata, comparable, type Strata } from './strata.ts';
import { twoSampleTests } from './two-sample.ts';
import type { VerdictSettings } from './verdict-settings.ts';
import type { WatchedWindow } from './watched-window.ts';

/** What a version's windows are compared with. */
export interface Baseline {
  readonly plan: ProfilePlan;
  /** Profile of the training set. */
  readonly reference: Profile;
  readonly channelSet: ChannelSet;
}

export const createBaseline = (plan: ProfilePlan, reference: Profile): Baseline => ({
  plan,
  reference,
  channelSet: createChannels(plan, reference),
});

/** One channel of a tested window. */
export interface ChannelResult {
  readonly p: number;
  readonly z: number;
  readonly effect: Effect;
  /** Unusual and large. */
  readonly breached: boolean;
}

export interface WindowTest {
  /** Of the maximum over channels. */
  readonly p: number;
  readonly alpha: number;
  readonly historyWindows: number;
  readonly strata: Strata;
  /** In the order of the channels. */
  readonly channels: readonly ChannelResult[];
  /** Largest z of the window against the history's: above 1 it exceeds all that was seen. */
  readonly excess: number;
}

/** A window against its history: the conformal test of the maximum, and effects against what the history expects of its hour. */
export function testWindow(
  baseline: Baseline,
  { history, window }: { readonly history: readonly WatchedWindow[]; readonly window: WatchedWindow },
  settings: VerdictSettings,
): WindowTest {
  const strata = settings.seasonal ? chooseStrata(history, window) : 'none';
  const { channels, noise } = baseline.channelSet;
  const same = comparable({ history, window }, strata, noise);
  const tested = conformalMaximum(same.history, same.window, {
    floors: noise.map(({ scale, power }) => scale * same.rows ** -power),
    twoSided: channels.map(({ twoSided }) => twoSided),
  });
  const alpha = alphaOf(same.history.length, settings);
  const effects = effectsOf(
    { ...baseline, gates: settings.gates },
    expectedProfile(history, [window], strata),
    window.profile,
  );
  return {
    p: tested.p,
    alpha,
    historyWindows: same.history.length,
    strata,
    channels: tested.z.map((z, channel) => result(tested.pOf(z), { z, alpha, effect: effects[channel] as Effect })),
    excess: (tested.z[tested.channel] as number) / tested.largestOfHistory,
  };
}

/** A window against the baseline where there is no history: Bonferroni two-sample tests. `z` is 0: there is nothing to take it from. */
export function testUncalibrated(baseline: Baseline, window: WatchedWindow, settings: VerdictSettings): WindowTest {
  const { reference, channelSet } = baseline;
  const ps = twoSampleTests(channelSet, reference, window.profile);
  const effects = effectsOf({ ...baseline, gates: settings.gates }, reference, window.profile);
  return {
    p: Math.min(1, ...ps),
    alpha: settings.alpha,
    historyWindows: 0,
    strata: 'none',
    channels: ps.map((p, channel) => result(p, { z: 0, alpha: settings.alpha, effect: effects[channel] as Effect })),
    excess: 0,
  };
}

const result = (p: number, { z, alpha, effect }: { z: number; alpha: number; effect: Effect }): ChannelResult => ({
  p,
  z,
  effect,
  breached: p <= alpha && effect.passes,
});
