import type { VerdictSettings } from './verdict-settings.ts';

const MONTH_MS = 730 * 3_600_000;

/** How often a monitor speaks of traffic that has not changed. */
export interface FalseAlarmRates {
  /** α that a history of this length can keep. */
  readonly alpha: number;
  /** Probability that one window is `SUSPECT`, at most. */
  readonly perWindow: number;
  /** `SUSPECT` windows a month, at most. */
  readonly suspectsPerMonth: number;
  /** Pages a month: windows that become `DRIFT`, at most. */
  readonly pagesPerMonth: number;
  /** How often the watch for slow drift asks for the pooled effect, a month, at most; only an effect above its gate pages. */
  readonly slowDriftChecksPerMonth: number;
}

/** α of a history of H windows: what is aimed at, or the smallest p-value that H windows can give. */
export const alphaOf = (historyWindows: number, { alpha }: Pick<VerdictSettings, 'alpha'>): number =>
  Math.max(alpha, 1 / (historyWindows + 1));

/** Windows of history from which on α is small enough to speak. */
export const historyNeeded = ({ largestAlpha }: Pick<VerdictSettings, 'largestAlpha'>): number =>
  Math.ceil(1 / largestAlpha) - 1;

/**
 * Expected false alarms of unchanged traffic.
 *
 * With k = ⌊α(H+1)⌋ the probability q that a window breaches, given its history, is that of exceeding the k-th largest of H: it follows
 * Beta(k, H+1−k), with mean k/(H+1) ≤ α. A page needs a breach and M−1 more in the N−1 windows before, all against much the same
 * history:
 *
 *     pages per window ≤ Σ_{j ≥ M−1} C(N−1, j) · E[q^(j+1) (1−q)^(N−1−j)]
 *
 * These are upper bounds: effect gates only lower them. They assume that windows are exchangeable, or are within their hour, and
 * independent given what the history tells; where a disturbance outlasts a window, pages come nearer to suspects.
 *
 * A monitor whose history is too short yet says nothing, so that it is not wrong. One without a history at all, which tests rows against the training set,
 * is wrong as often as α says where rows are independent, and nobody knows how often where they are not.
 *
 * @param windowMs length of a window; a month has 730 hours
 */
export function expectedFalseAlarms(
  { windowMs, historyWindows }: { readonly windowMs: number; readonly historyWindows: number },
  settings: Pick<
    VerdictSettings,
    'alpha' | 'largestAlpha' | 'breaches' | 'ofWindows' | 'averageRunLength' | 'calibration'
  >,
): FalseAlarmRates {
  const perMonth = MONTH_MS / windowMs;
  const isTwoSample = settings.calibration === 'two-sample';
  if (!isTwoSample && historyWindows < historyNeeded(settings)) {
    return { alpha: settings.alpha, perWindow: 0, suspectsPerMonth: 0, pagesPerMonth: 0, slowDriftChecksPerMonth: 0 };
  }
  const alpha = isTwoSample ? settings.alpha : alphaOf(historyWindows, settings);
  // A product such as 0.005 · 200 may fall short of its integer by rounding.
  const k = Math.floor(alpha * (historyWindows + 1) + 1e-9);
  const perWindow = isTwoSample ? alpha : k / (historyWindows + 1);
  const others = settings.ofWindows - 1;
  let page = 0;
  for (let j = settings.breaches - 1; j <= others; j += 1) {
    const both = isTwoSample
      ? alpha ** (j + 1) * (1 - alpha) ** (others - j)
      : betaMoment(k, historyWindows + 1 - k, [j + 1, others - j]);
    page += choose(others, j) * both;
  }
  return {
    alpha,
    perWindow,
    suspectsPerMonth: perWindow * perMonth,
    pagesPerMonth: page * perMonth,
    slowDriftChecksPerMonth: perMonth / settings.averageRunLength,
  };
}

/** E[q^a (1−q)^b] for q ~ Beta(alpha, beta): rising factorials α^(a) β^(b) / (α+β)^(a+b). */
function betaMoment(alpha: number, beta: number, [a, b]: readonly [number, number]): number {
  return (rising(alpha, a) * rising(beta, b)) / rising(alpha + beta, a + b);
}

function rising(x: number, n: number): number {
  let product = 1;
  for (let i = 0; i < n; i += 1) product *= x + i;
  return product;
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i += 1) result = (result * (n - k + i)) / i;
  return result;
}
