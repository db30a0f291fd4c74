export interface CaptureProps {
  /** Share of the predictions that is captured, 0 to 1. @default 1 */
  readonly samplingRate?: number;
  /** Inputs, outputs or features whose values are replaced by a keyed hash. @default - none */
  readonly hash?: readonly string[];
  /** Inputs, outputs or features that are left out. @default - none */
  readonly drop?: readonly string[];
  /** Whom a prediction is about: an input or feature, or `header:NAME`. Captures hold its keyed hash. @default - nobody */
  readonly subject?: string;
  /** How long the one request a second that starts a delivery waits for it at most, in ms. @default 20 */
  readonly waitMs?: number;
}
