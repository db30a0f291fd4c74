import { PlatformError } from '../errors.ts';
import type { Random } from '../training/random.ts';
import { checkConfidence } from './check-confidence.ts';
import { type ConfidenceOptions, DEFAULT_CONFIDENCE, type Estimate } from './estimate.ts';

export interface BootstrapOptions extends ConfidenceOptions {
  readonly random: Pick<Random, 'below'>;
  /** How often the sample is drawn anew, at least 20. @default 400 */
  readonly resamples?: number;
  /** To whom each row belongs, such as a customer: whoever is drawn comes with all rows. @default - rows are independent */
  readonly clusters?: ArrayLike<string | number> | undefined;
}

const DEFAULT_RESAMPLES = 400;
const LEAST_RESAMPLES = 20;
/** Of the resamples, how many may leave a statistic undefined (a sample of one class) before its interval is not known. */
const UNDEFINED_SHARE = 0.1;

/**
 * Statistics with percentile intervals of the bootstrap. A resample is given as how often each row was drawn, so that whatever takes
 * weights can be a statistic, and all statistics see the same resamples.
 *
 * @param rows how many there are
 * @param statistics of the weights, by name; NaN where one is not defined
 * @returns those that are defined on the sample itself. Bounds are NaN where more than a tenth of the resamples left it undefined
 * @throws `training.no_rows`, `training.shape_mismatch`, `training.option_invalid`
 *
 * Cost: O(resamples · (rows + cost of the statistics)).
 * Source: Efron, Ann. Stat. 7 (1979) 1–26; by clusters: Field & Welsh, J. R. Stat. Soc. B 69 (2007) 369–390.
 */
export function bootstrap<Name extends string>(
  rows: number,
  statistics: (weights: Float64Array) => Readonly<Record<Name, number>>,
  { random, resamples = DEFAULT_RESAMPLES, confidence = DEFAULT_CONFIDENCE, clusters }: BootstrapOptions,
): Partial<Record<Name, Estimate>> {
  checkConfidence(confidence);
  checkSize(rows, { resamples, clusters });
  const members = clusters === undefined ? undefined : membersOf(clusters);
  const values = statistics(new Float64Array(rows).fill(1));
  const names = (Object.keys(values) as Name[]).filter((name) => !Number.isNaN(values[name]));
  const drawn = new Map(names.map((name) => [name, [] as number[]]));
  for (let resample = 0; resample < resamples; resample += 1) {
    const again = statistics(draw(rows, { random, members }));
    for (const [name, seen] of drawn) if (!Number.isNaN(again[name])) seen.push(again[name]);
  }
  const bounds = (name: Name): Omit<Estimate, 'value'> => {
    const seen = Float64Array.from(drawn.get(name) as number[]).sort();
    if (seen.length < resamples * (1 - UNDEFINED_SHARE)) return { lower: Number.NaN, upper: Number.NaN };
    return { lower: quantile(seen, (1 - confidence) / 2), upper: quantile(seen, (1 + confidence) / 2) };
  };
  return Object.fromEntries(names.map((name) => [name, { value: values[name], ...bounds(name) }])) as Partial<
    Record<Name, Estimate>
  >;
}

function draw(
  rows: number,
  { random, members }: { random: Pick<Random, 'below'>; members: readonly (readonly number[])[] | undefined },
): Float64Array {
  const weights = new Float64Array(rows);
  const add = (row: number): void => {
    weights[row] = (weights[row] as number) + 1;
  };
  if (members === undefined) for (let i = 0; i < rows; i += 1) add(random.below(rows));
  else
    for (let i = 0; i < members.length; i += 1) for (const row of members[random.below(members.length)] ?? []) add(row);
  return weights;
}

function membersOf(clusters: ArrayLike<string | number>): number[][] {
  const members = new Map<string | number, number[]>();
  for (let row = 0; row < clusters.length; row += 1) {
    const cluster = clusters[row] as string | number;
    const known = members.get(cluster);
    if (known) known.push(row);
    else members.set(cluster, [row]);
  }
  return [...members.values()];
}

/** Linear between order statistics, NumPy's default; equal neighbours may be infinite. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below === above ? below : below + (above - below) * (at - Math.floor(at));
}

function checkSize(
  rows: number,
  { resamples, clusters }: { resamples: number; clusters: ArrayLike<unknown> | undefined },
): void {
  if (rows === 0) {
    throw new PlatformError('training.no_rows', {
      message: 'no sample can be drawn from no rows; give at least one',
      details: { got: 0 },
    });
  }
  if (clusters !== undefined && clusters.length !== rows) {
    throw new PlatformError('training.shape_mismatch', {
      message: `there are ${clusters.length} clusters for ${rows} rows; give one for each`,
      details: { what: 'clusters', got: clusters.length, expected: rows },
    });
  }
  if (Number.isInteger(resamples) && resamples >= LEAST_RESAMPLES) return;
  throw new PlatformError('training.option_invalid', {
    message: `resamples is ${resamples}; allowed is a whole number of at least ${LEAST_RESAMPLES}`,
    details: { option: 'resamples', got: String(resamples), allowed: `at least ${LEAST_RESAMPLES}` },
  });
}
