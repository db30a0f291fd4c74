import { binomialAtLeast, binomialAtMost } from '../drift/distributions/binomial.ts';
import { PlatformError } from '../errors.ts';
import { binomialTest, firstThat } from './binomial-test.ts';
import type { Estimate } from './estimate.ts';
import { shareEstimate } from './share-estimate.ts';

export interface WatchOptions {
  /** Share of positives that is to be expected, between 0 and 1: measured on many more rows than a window has. */
  readonly expectedRate: number;
  /** Level of the test. @default 0.005 */
  readonly alpha?: number;
  /** With which probability a change is to be found that the power statement names. @default 0.9 */
  readonly power?: number;
}

export interface PositivesWatch {
  readonly rows: number;
  readonly observed: number;
  readonly expected: number;
  readonly rate: Estimate;
  /** Exact, two-sided. */
  readonly pValue: number;
  readonly verdict: 'AS_EXPECTED' | 'TOO_MANY' | 'TOO_FEW';
  /** The rates nearest to the expected one that would be found with the stated power; undefined where none is. */
  readonly detectable: { readonly above: number | undefined; readonly below: number | undefined };
  /** Both in words. */
  readonly says: string;
}

/**
 * Watches rare positives by counts: at a rate of 1 % change detectors on running means alarm on most stationary streams or never, while
 * the exact distribution of a count is known.
 *
 * @param observed positive rows, 0 … rows
 * @param rows ≥ 1
 * @throws `training.no_rows`, `training.option_invalid`
 *
 * Cost: O(log² rows) evaluations of the distribution.
 */
export function watchPositives(
  observed: number,
  rows: number,
  { expectedRate, alpha = 0.005, power = 0.9 }: WatchOptions,
): PositivesWatch {
  checkOptions(observed, rows, { expectedRate, alpha, power });
  const pValue = binomialTest(observed, { trials: rows, probability: expectedRate });
  const expected = rows * expectedRate;
  const verdict = pValue > alpha ? 'AS_EXPECTED' : observed > expected ? 'TOO_MANY' : 'TOO_FEW';
  const detectable = detectableRates(rows, { expectedRate, alpha, power });
  const rate = shareEstimate(observed, rows) as Estimate;
  const says = `${SAYS[verdict]}: ${observed} of ${rows} rows are positive, ${show(expected)} were to be expected (p = ${pValue.toPrecision(2)}); ${powerStatement(detectable, power)}`;
  return { rows, observed, expected, rate, pValue, verdict, detectable, says };
}

const SAYS = {
  AS_EXPECTED: 'as many positives as expected',
  TOO_MANY: 'too many positives',
  TOO_FEW: 'too few positives',
} as const;

const show = (value: number): string => String(Number(value.toPrecision(3)));
const percent = (rate: number): string => `${show(100 * rate)} %`;

function powerStatement({ above, below }: PositivesWatch['detectable'], power: number): string {
  const found = [
    ...(above === undefined ? [] : [`${percent(above)} or more`]),
    ...(below === undefined ? [] : [`${percent(below)} or less`]),
  ];
  return found.length === 0
    ? `with so few rows no rate at all is found with a probability of ${percent(power)}`
    : `a rate of ${found.join(', or of ')} is found with a probability of ${percent(power)}`;
}

/** By bisection: the power grows with the distance from the expected rate. */
function detectableRates(
  rows: number,
  { expectedRate, alpha, power }: Required<WatchOptions>,
): PositivesWatch['detectable'] {
  const isFound = (observed: number) => binomialTest(observed, { trials: rows, probability: expectedRate }) <= alpha;
  const mean = rows * expectedRate;
  const tooMany = firstThat(isFound, Math.floor(mean) + 1, rows + 1);
  const tooFew = firstThat((observed) => !isFound(observed), 0, Math.ceil(mean)) - 1;
  const foundAbove = (rate: number) => binomialAtLeast(tooMany, { trials: rows, probability: rate }) >= power;
  const foundBelow = (rate: number) => binomialAtMost(tooFew, { trials: rows, probability: rate }) >= power;
  return {
    above: tooMany > rows ? undefined : edge(foundAbove, expectedRate, 1),
    below: tooFew < 0 ? undefined : edge(foundBelow, expectedRate, 0),
  };
}

const BISECTIONS = 40;

/** Where `holds` begins between a rate that it does not hold for and one that it holds for. */
function edge(holds: (rate: number) => boolean, from: number, to: number): number {
  let [without, having] = [from, to];
  for (let i = 0; i < BISECTIONS; i += 1) {
    const middle = (without + having) / 2;
    if (holds(middle)) having = middle;
    else without = middle;
  }
  return having;
}

function checkOptions(observed: number, rows: number, { expectedRate, alpha, power }: Required<WatchOptions>): void {
  if (!(rows >= 1)) {
    throw new PlatformError('training.no_rows', { message: 'there are no rows to watch', details: { got: rows } });
  }
  const isShare = (value: number) => value > 0 && value < 1;
  for (const [option, got, holds, allowed] of [
    [
      'observed',
      observed,
      Number.isInteger(observed) && observed >= 0 && observed <= rows,
      `a whole number from 0 to ${rows}`,
    ],
    ['expectedRate', expectedRate, isShare(expectedRate), 'a number between 0 and 1'],
    ['alpha', alpha, isShare(alpha), 'a number between 0 and 1'],
    ['power', power, isShare(power), 'a number between 0 and 1'],
  ] as const) {
    if (holds) continue;
    throw new PlatformError('training.option_invalid', {
      message: `${option} is ${got}; allowed is ${allowed}`,
      details: { option, got: String(got), allowed },
    });
  }
}
