/** Who wants to know what functions do. Called with every request: whatever it does must be cheap. */
export interface FunctionObserver {
  /** One line that a function printed, where it may hold metrics. */
  line(text: string): void;
  /** A request begins; `concurrency` requests of this function are now under way. */
  began(functionName: string, concurrency: number): void;
  ended(functionName: string, result: { durationMs: number; isError: boolean }): void;
  throttled(functionName: string): void;
}
