/** Takes capture records for good. */
export interface CaptureSink {
  /**
   * @param lines each at most `CAPTURE_RECORD_LIMIT_BYTES` with its end
   * @returns those that were not taken, and why; a sink that cannot be reached takes none. Never rejects
   */
  put(lines: readonly string[]): Promise<{ refused: readonly string[]; error?: unknown }>;
}
