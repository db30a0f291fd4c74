/** What was captured, in objects of lines. */
export interface CaptureObjects {
  /**
   * The lines of an object, in order, read as they are asked for. None where there is no object: what is erased is not missed.
   *
   * @throws `captures.unavailable` where it cannot be read now
   */
  lines(key: string): AsyncIterable<string>;
}
