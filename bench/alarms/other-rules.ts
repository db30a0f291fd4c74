import { kolmogorovTail } from '../../core/domain/drift/verdict/two-sample.ts';
import { FINE, type FineCounts } from './counted.ts';

/** Rules in common use, told of the thirty features, the score and the flag of a window whether they alarm. */
export interface RuleVerdicts {
  readonly psi: boolean;
  readonly anyP: boolean;
  readonly bonferroni: boolean;
  readonly evidentlyColumn: boolean;
  readonly evidentlyDataset: boolean;
  readonly modelMonitor: boolean;
}

export type RuleName = keyof RuleVerdicts;

export const RULES: Readonly<Record<RuleName, string>> = {
  psi: 'PSI > 0.2, any column',
  anyP: 'KS or chi-square p < 0.05, any column',
  bonferroni: 'the same, Bonferroni over 32 columns',
  evidentlyColumn: "Evidently's column rule, any column",
  evidentlyDataset: "Evidently's dataset rule, half of all columns",
  modelMonitor: "Model Monitor's robust distance > 0.1, any column",
};

type Counts = ArrayLike<number> & Iterable<number>;

/**
 * Rows without a value are left out, as these rules do by default.
 *
 * @param cells limits of the reference's fine cells, by numeric column
 */
export function otherRules(cells: readonly Float64Array[], reference: FineCounts, window: FineCounts): RuleVerdicts {
  const numeric = window.numbers.map((counts, c) =>
    numericRules(cells[c] as Float64Array, reference.numbers[c] as Uint32Array, counts),
  );
  const categories = window.categories.map((counts, c) =>
    categoryRules(reference.categories[c] as Uint32Array, counts),
  );
  const flags = categoryRules(flagCounts(reference), flagCounts(window));
  const all = [...numeric, ...categories, flags];
  const drifted = all.filter(({ evidently }) => evidently).length;
  const p = Math.min(...all.map((one) => one.p));
  return {
    psi: all.some((one) => one.psi > 0.2),
    anyP: p < 0.05,
    bonferroni: p < 0.05 / all.length,
    evidentlyColumn: drifted > 0,
    evidentlyDataset: drifted >= all.length / 2,
    modelMonitor: all.some((one) => one.robust > 0.1),
  };
}

const flagCounts = ({ rows, flagged }: FineCounts) => Uint32Array.of(rows - flagged, flagged);

interface ColumnRules {
  readonly psi: number;
  readonly p: number;
  /** Evidently with a reference of more than 1,000 rows: normalised Wasserstein or Jensen-Shannon distance from 0.1. */
  readonly evidently: boolean;
  readonly robust: number;
}

function numericRules(cells: Float64Array, reference: Uint32Array, window: Uint32Array): ColumnRules {
  const m = sum(reference);
  const n = sum(window);
  let ks = 0;
  let wasserstein = 0;
  let before = 0;
  let f = 0;
  let g = 0;
  for (let cell = 0; cell < FINE; cell += 1) {
    f += (reference[cell] as number) / m;
    g += (window[cell] as number) / n;
    const difference = Math.abs(f - g);
    ks = Math.max(ks, difference);
    // Latents have a standard deviation of 1, so that this is normalised. A cell's own width is weighted by both of its ends.
    if (cell > 0 && cell < FINE - 1) {
      wasserstein += ((before + difference) / 2) * ((cells[cell] as number) - (cells[cell - 1] as number));
    }
    before = difference;
  }
  // Ten bins of equal share, and the fine cells left over in the last.
  const tenths = (counts: Uint32Array) => {
    const bins = new Array<number>(10).fill(0);
    for (let cell = 0; cell < FINE; cell += 1) {
      const bin = Math.min(9, Math.floor((cell * 10) / FINE));
      bins[bin] = (bins[bin] as number) + (counts[cell] as number);
    }
    return bins;
  };
  return {
    psi: psi(tenths(reference), tenths(window)),
    p: kolmogorovTail(ks * Math.sqrt((n * m) / (n + m))),
    evidently: wasserstein >= 0.1,
    robust: robust(ks, n, m),
  };
}

function categoryRules(reference: Uint32Array, window: Uint32Array): ColumnRules {
  const m = sum(reference);
  const n = sum(window);
  let largest = 0;
  let divergence = 0;
  let chiSquare = 0;
  let categories = 0;
  for (let i = 0; i < reference.length; i += 1) {
    const r = (reference[i] as number) / m;
    const c = (window[i] as number) / n;
    const both = (reference[i] as number) + (window[i] as number);
    if (both === 0) continue;
    categories += 1;
    largest = Math.max(largest, Math.abs(c - r));
    const middle = (r + c) / 2;
    divergence += (r > 0 ? r * Math.log(r / middle) : 0) / 2 + (c > 0 ? c * Math.log(c / middle) : 0) / 2;
    chiSquare += (both * (c - r) ** 2) / (both / (n + m)) ** 2 / ((n + m) ** 2 / (n * m));
  }
  return {
    psi: psi(Array.from(reference), Array.from(window)),
    p: chiSquareTail(chiSquare, categories - 1),
    evidently: Math.sqrt(Math.max(0, divergence)) >= 0.1,
    robust: robust(largest, n, m),
  };
}

/** PSI with shares of at least 1e-4. */
function psi(reference: readonly number[], window: readonly number[]): number {
  const m = sum(reference);
  const n = sum(window);
  return reference.reduce((total, count, i) => {
    const r = Math.max(1e-4, count / m);
    const c = Math.max(1e-4, (window[i] as number) / n);
    return total + (c - r) * Math.log(c / r);
  }, 0);
}

const robust = (distance: number, n: number, m: number): number =>
  Math.max(0, distance - 1.8 * Math.sqrt((n + m) / (n * m)));

function sum(counts: Counts): number {
  let total = 0;
  for (let i = 0; i < counts.length; i += 1) total += counts[i] as number;
  return total;
}

/** Tail of the χ² distribution, Wilson and Hilferty's approximation: right to three digits where p is near 0.05. */
function chiSquareTail(x: number, degrees: number): number {
  if (degrees < 1) return 1;
  const spread = 2 / (9 * degrees);
  const z = (Math.cbrt(x / degrees) - (1 - spread)) / Math.sqrt(spread);
  return normalTail(z);
}

/** Numerical Recipes' erfc, relative error below 1.2e-7. */
function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  const tail =
    (t * Math.exp(-x * x + coefficients.reduceRight((total, coefficient) => total * t + coefficient, 0))) / 2;
  return z > 0 ? tail : 1 - tail;
}
