/** Keeps capture records, bounded, for as long as the sink does not take them. */
export interface CaptureSpill {
  /** @returns how many of the lines, from the first, were kept; the rest found no room. Never rejects */
  append(lines: readonly string[]): Promise<number>;
  /** What was kept first and together; undefined where there is nothing, or it cannot be read now. */
  oldest(): Promise<{ id: string; lines: readonly string[] } | undefined>;
  /** Replaces what `oldest` gave by what is left of it; nothing left removes it. */
  retain(id: string, lines: readonly string[]): Promise<void>;
}
