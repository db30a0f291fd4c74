import type {
  CategoryPlan,
  ColumnCounts,
  NumericCounts,
  NumericPlan,
  Profile,
  ProfilePlan,
} from '../../core/domain/drift/profile/profile.ts';

/** Rows by column: numbers, or categories; null and NaN are missing. */
export type Columns = Readonly<Record<string, readonly (number | string | null)[]>>;

const isMissing = (value: number | string | null): value is null => value === null || Number.isNaN(value);

/** A plan with edges at quantiles of the rows. A constant's next number is one more edge, so that whatever is larger is told apart. */
export function planOf(
  columns: Columns,
  { bins = 32, correlated = Object.keys(columns), predictions = [] as readonly string[] } = {},
): ProfilePlan {
  const plans = Object.entries(columns).map(([name, values]) => {
    const role = predictions.includes(name) ? ('prediction' as const) : ('feature' as const);
    const present = values.filter((value) => !isMissing(value));
    if (present.some((value) => typeof value === 'string')) {
      const counts = Map.groupBy(present as string[], (value) => value);
      const categories = [...counts.keys()].sort((a, b) => (counts.get(b)?.length ?? 0) - (counts.get(a)?.length ?? 0));
      return { name, kind: 'category', role, categories } satisfies CategoryPlan;
    }
    const sorted = (present as number[]).filter(Number.isFinite).sort((a, b) => a - b);
    const quantiles = Array.from(
      { length: bins - 1 },
      (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)] as number,
    );
    const edges = [...new Set(quantiles)];
    if (edges.length === 1) edges.push((edges[0] as number) + Math.max(1e-9, Math.abs((edges[0] as number) * 1e-9)));
    return { name, kind: 'numeric', role, edges } satisfies NumericPlan;
  });
  const numeric = new Set(plans.filter(({ kind }) => kind === 'numeric').map(({ name }) => name));
  return { columns: plans, correlated: correlated.filter((name) => numeric.has(name)) };
}

/** Counts of rows `[from, to)`; ranks of cross moments are those of `baseline`, which is left out for the baseline itself. */
export function profileOf(
  plan: ProfilePlan,
  columns: Columns,
  { from = 0, to = -1, baseline }: { from?: number; to?: number; baseline?: Profile } = {},
): Profile {
  const end = to < 0 ? (Object.values(columns)[0] as readonly unknown[]).length : to;
  const slices = plan.columns.map(({ name }) =>
    (columns[name] as readonly (number | string | null)[]).slice(from, end),
  );
  const counted = plan.columns.map(
    (column, i): ColumnCounts =>
      column.kind === 'numeric'
        ? countNumbers(column, slices[i] as readonly (number | null)[])
        : countCategories(column, slices[i] as readonly (string | null)[]),
  );
  const ranks = plan.correlated.map((name) => {
    const index = plan.columns.findIndex((column) => column.name === name);
    const { bins } = (baseline?.columns ?? counted)[index] as NumericCounts;
    const total = bins.reduce((sum, count) => sum + count, 0);
    let below = 0;
    const midRanks = bins.map((count) => {
      below += count;
      return (below - count / 2) / total - 0.5;
    });
    const { edges } = plan.columns[index] as NumericPlan;
    return (slices[index] as readonly (number | null)[]).map((value) =>
      isMissing(value) || !Number.isFinite(value) ? 0 : (midRanks[binOf(edges, value as number)] as number),
    );
  });
  const crossMoments = ranks.flatMap((a, i) =>
    ranks.slice(i).map((b) => a.reduce((sum, value, row) => sum + value * (b[row] as number), 0)),
  );
  return { rows: end - from, columns: counted, crossMoments };
}

const binOf = (edges: readonly number[], value: number): number => {
  let bin = 0;
  while (bin < edges.length && value >= (edges[bin] as number)) bin += 1;
  return bin;
};

function countNumbers({ edges }: NumericPlan, values: readonly (number | null)[]): NumericCounts {
  const present = values.filter((value) => !isMissing(value)) as number[];
  const finite = present.filter(Number.isFinite);
  const bins = new Array<number>(edges.length + 1).fill(0);
  for (const value of finite) {
    const bin = binOf(edges, value);
    bins[bin] = (bins[bin] as number) + 1;
  }
  return {
    kind: 'numeric',
    missing: values.length - present.length,
    infinite: present.length - finite.length,
    bins,
    sum: finite.reduce((sum, value) => sum + value, 0),
    sumSquares: finite.reduce((sum, value) => sum + value * value, 0),
    min: Math.min(...finite),
    max: Math.max(...finite),
  };
}

function countCategories({ categories }: CategoryPlan, values: readonly (string | null)[]): ColumnCounts {
  const present = values.filter((value) => !isMissing(value)) as string[];
  const counts = categories.map((category) => present.filter((value) => value === category).length);
  return {
    kind: 'category',
    missing: values.length - present.length,
    counts,
    unseen: present.length - counts.reduce((a, b) => a + b, 0),
  };
}
