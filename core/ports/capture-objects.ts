/** What was captured, in objects of lines. */
export interface CaptureObjects {
  /**
   * The lines of an object, in order, read as they are asked for. None where there is no object: what is erased is not missed.
   *
   * @throws `captures.unavailable` where it cannot be read now
   */
  lines(key: string): AsyncIterable<string>;
  /**
   * Keys of a service's objects that were delivered in the UTC hours from a time to another, both included, in order. An object holds what was
   * captured before it was delivered.
   *
   * @throws `captures.unavailable`
   */
  keys(service: string, span: { readonly fromMs: number; readonly toMs: number }): Promise<string[]>;
}
