import type { FunctionConfig } from './function-config.ts';

const MIB = 1024 * 1024;

/** The lines that Lambda writes after each invocation. */
export function reportLines(
  requestId: string,
  config: FunctionConfig,
  used: { durationMs: number; peakBytes: number; initMs: number | undefined },
): string {
  const init = used.initMs === undefined ? '' : `\tInit Duration: ${used.initMs.toFixed(2)} ms`;
  return (
    `END RequestId: ${requestId}\n` +
    `REPORT RequestId: ${requestId}\tDuration: ${used.durationMs.toFixed(2)} ms\t` +
    `Billed Duration: ${Math.ceil(used.durationMs)} ms\tMemory Size: ${config.memoryMiB} MB\t` +
    `Max Memory Used: ${Math.round(used.peakBytes / MIB)} MB${init}\n`
  );
}
