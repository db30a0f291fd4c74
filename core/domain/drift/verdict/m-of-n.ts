/**
 * Whether at least `breaches` of the last `ofWindows` windows breach.
 *
 * @param recent whether each window breached, oldest first; one that was not evaluated counts as not breaching, and so do windows
 *   before the first
 */
export const mOfN = (
  recent: readonly boolean[],
  { breaches, ofWindows }: { readonly breaches: number; readonly ofWindows: number },
): boolean => recent.slice(-ofWindows).filter(Boolean).length >= breaches;
