import { mergeTallies } from '../../domain/capture/capture-tally.ts';
import { mergeProfiles } from '../../domain/drift/profile/merge-profiles.ts';
import type { RememberedWindow } from '../../domain/windows/monitor-memory.ts';
import type { WindowCounts } from '../../ports/window-counts.ts';
import type { OpenedVersion } from './open-version.ts';

/** A series whose windows a longer one is a sum of. */
export interface LowerSeries {
  readonly windows: readonly RememberedWindow[];
  /** How far it is evaluated. */
  readonly toMs: number;
}

export interface CountSpanDependencies {
  readonly counts: Pick<WindowCounts, 'sum'>;
}

interface Span {
  readonly opened: OpenedVersion;
  readonly fromMs: number;
  readonly toMs: number;
  readonly lower: LowerSeries | undefined;
}

/** What was captured in a span: the sum of the windows that lie in it, where all of them are remembered, else of the counts of its objects. */
export async function countSpan(
  { counts }: CountSpanDependencies,
  { opened, fromMs, toMs, lower }: Span,
): Promise<Pick<RememberedWindow, 'fromMs' | 'toMs' | 'profile' | 'tally' | 'objects'>> {
  const inside = lower?.windows.filter((window) => window.fromMs >= fromMs && window.toMs <= toMs) ?? [];
  const [first, ...others] = inside;
  const isRemembered = lower !== undefined && lower.toMs >= toMs && (lower.windows[0]?.fromMs ?? toMs) <= fromMs;
  if (isRemembered && first !== undefined) {
    return {
      fromMs,
      toMs,
      profile: mergeProfiles(first.profile, ...others.map(({ profile }) => profile)),
      tally: mergeTallies(...inside.map(({ tally }) => tally)),
      objects: inside.reduce((sum, { objects }) => sum + objects, 0),
    };
  }
  const { service, version } = opened.version;
  const key = { service, version, baseline: opened.fingerprint };
  const counted = await counts.sum(key, { plan: opened.baseline.plan, fromMs, toMs });
  return { fromMs, toMs, ...counted };
}
