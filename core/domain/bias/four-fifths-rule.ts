const LEAST = 0.8;
const MOST = 1.25;

/**
 * The four-fifths rule of thumb of the US Uniform Guidelines (29 CFR 1607.4 D), read both ways: a disparate impact of 0.8 to 1.25, both included,
 * passes. No law of statistics: read it beside the interval.
 */
export const passesFourFifths = (disparateImpact: number): boolean =>
  disparateImpact >= LEAST && disparateImpact <= MOST;
