/** What speaks for a change that is too small for any window alone. */
export interface SlowDriftEvidence {
  /** Shiryaev-Roberts statistic R. */
  readonly value: number;
  /** Largest product of e-values up to now, at least 1 (CUSUM): its start is the most likely time of the change. */
  readonly cusum: number;
  /** Start of the window from which on evidence has gathered; null while there is none. */
  readonly sinceMs: number | null;
}

export const NO_EVIDENCE: SlowDriftEvidence = { value: 0, cusum: 1, sinceMs: null };

/**
 * The calibrator e(p) = 1 / (2√p): a decreasing density on (0, 1], so that E[e(p)] ≤ 1 where P(p ≤ a) ≤ a.
 *
 * Source: Vovk & Wang, E-values: calibration, combination and applications, Annals of Statistics 49 (2021).
 */
export const eValue = (p: number): number => 0.5 / Math.sqrt(p);

/**
 * One step of an e-process against slow drift.
 *
 *     R ← (1 + R) · e(p)
 *
 * R − t is a supermartingale where each e(p) has an expectation of at most 1 given the past, so that the average run length to R ≥ A is
 * at least A, whatever the channels are distributed like.
 *
 * @param p conformal p-value of the window, in (0, 1]
 * @param options.limit R is held at this: past its alarm threshold more evidence would only delay the recovery
 *
 * Source: Shiryaev 1963, Roberts 1966; e-detectors: Shin, Ramdas & Rinaldo, arXiv 2203.03532 (2022).
 */
export function gatherEvidence(
  { value, cusum, sinceMs }: SlowDriftEvidence,
  p: number,
  { fromMs, limit }: { readonly fromMs: number; readonly limit: number },
): SlowDriftEvidence {
  const e = eValue(p);
  const product = cusum * e;
  return {
    value: Math.min((1 + value) * e, limit),
    cusum: Math.min(Math.max(1, product), limit),
    sinceMs: product <= 1 ? null : (sinceMs ?? fromMs),
  };
}
