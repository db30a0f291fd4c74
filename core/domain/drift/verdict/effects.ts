import type {
  CategoryCounts,
  CategoryPlan,
  ColumnCounts,
  NumericCounts,
  Profile,
  ProfilePlan,
} from '../profile/profile.ts';
import { categoryPools, categoryShift, largestRateChange, pooledCounts } from './category-shift.ts';
import { type ChannelKind, type ChannelSet, outsiders } from './channels.ts';
import type { EffectGates } from './effect-gates.ts';
import { binRanks, numericShift } from './numeric-shift.ts';

/** The size of a change in the unit of its gate. */
export interface Effect {
  readonly kind: ChannelKind;
  /** KS distance, ranks, total variation, change of a rate or of a correlation; signed where the direction matters. */
  readonly size: number;
  readonly gate: number;
  /** Whether it is as large as its gate asks for. */
  readonly passes: boolean;
  /** Rates before and after, or correlations, where that is what changed; `of` names the category or the two columns. */
  readonly change?: { readonly of?: string; readonly from: number; readonly to: number };
}

const rate = (count: number, rows: number): number => (rows === 0 ? 0 : count / rows);

const effect = (kind: ChannelKind, size: number, gate: number): Effect => ({
  kind,
  size,
  gate,
  passes: Math.abs(size) >= gate,
});

export interface EffectContext {
  readonly plan: ProfilePlan;
  readonly channelSet: ChannelSet;
  readonly gates: EffectGates;
}

/**
 * Effect of every channel, a window against what is expected of it.
 *
 * @param expected profile with rows: the history of the same hours, or the baseline
 * @returns in the order of `channels`
 */
export function effectsOf(
  { plan, channelSet, gates }: EffectContext,
  expected: Profile,
  window: Profile,
): readonly Effect[] {
  const shifts = window.columns.map((counts, column) => {
    const before = expected.columns[column] as ColumnCounts;
    return counts.kind === 'numeric' ? numericShift(binRanks(before as NumericCounts), counts) : undefined;
  });
  const rateEffect = (kind: 'missing' | 'unseen', read: (counts: ColumnCounts) => number, column: number): Effect => {
    const from = rate(read(expected.columns[column] as ColumnCounts), expected.rows);
    const to = rate(read(window.columns[column] as ColumnCounts), window.rows);
    return { ...effect(kind, to - from, gates[kind]), change: { from, to } };
  };
  return channelSet.channels.map(({ column, kind }) => {
    if (column === null || kind === 'correlation')
      return correlationEffect({ plan, channelSet, gates }, expected, window);
    switch (kind) {
      case 'missing':
        return rateEffect(kind, ({ missing }) => missing, column);
      case 'unseen':
        return rateEffect(kind, outsiders, column);
      case 'category':
        return categoryEffect(plan.columns[column] as CategoryPlan, gates, [
          expected.columns[column] as CategoryCounts,
          window.columns[column] as CategoryCounts,
        ]);
      default:
        return effect(kind, shifts[column]?.[kind] ?? 0, gates[kind]);
    }
  });
}

/** Total variation, or else the ratio of a rare category's rates. */
function categoryEffect(
  plan: CategoryPlan,
  gates: EffectGates,
  [before, after]: readonly [CategoryCounts, CategoryCounts],
): Effect {
  const pools = categoryPools(before);
  const expected = pooledCounts(pools, before);
  const current = pooledCounts(pools, after);
  const moved = effect('category', categoryShift(expected, current).totalVariation, gates.totalVariation);
  const rare = moved.passes ? undefined : largestRateChange(expected, current, gates.rareShare);
  if (rare === undefined) return moved;
  const name = plan.categories[pools.poolOf.indexOf(rare.pool)] as string;
  const of = rare.pool === pools.rare ? 'the rare categories together' : JSON.stringify(name);
  return { ...moved, passes: rare.ratio >= gates.rateRatio, change: { of, from: rare.from, to: rare.to } };
}

/** The pair whose correlation changed most; one that is unknown on a side (NaN) never did. */
function correlationEffect({ plan, channelSet, gates }: EffectContext, expected: Profile, window: Profile): Effect {
  const before = channelSet.correlationsOf(expected);
  const after = channelSet.correlationsOf(window);
  let largest = { pair: 0, change: 0 };
  for (let pair = 0; pair < before.length; pair += 1) {
    const change = (after[pair] as number) - (before[pair] as number);
    if (Math.abs(change) > Math.abs(largest.change)) largest = { pair, change };
  }
  const moved = effect('correlation', largest.change, gates.correlation);
  if (largest.change === 0) return moved;
  const of = pairName(plan.correlated, largest.pair);
  return { ...moved, change: { of, from: before[largest.pair] as number, to: after[largest.pair] as number } };
}

/** Names of a pair i < j, counted row by row of the upper triangle. */
function pairName(names: readonly string[], pair: number): string {
  let i = 0;
  let before = 0;
  while (before + names.length - 1 - i <= pair) {
    before += names.length - 1 - i;
    i += 1;
  }
  return `${names[i]} and ${names[i + 1 + pair - before]}`;
}
