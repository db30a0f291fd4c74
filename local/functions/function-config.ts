/** One function as the template declares it; names are those of the physical resource. */
export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  /** `file.export`, as Lambda resolves it inside `codeDirectory`. */
  readonly handler: string;
  readonly codeDirectory: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  readonly timeoutMs: number;
  readonly logGroup: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly description: string;
  /** Requests under way at most; beyond it Lambda throttles at once. Absent: only the host's process limit holds, and requests wait. */
  readonly reservedConcurrency?: number;
  /** Requests one process takes at a time, as on Lambda Managed Instances. Ordinary functions take one. */
  readonly concurrencyPerEnvironment: number;
}
