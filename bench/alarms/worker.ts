import { parentPort } from 'node:worker_threads';
import { type CellOptions, type RegimeName, runCell } from './cells.ts';
import { SHIFTS } from './shifts.ts';

/** What one worker is asked for: a regime at a size, and whether shifts are tried in it. */
export interface CellTask extends CellOptions {
  readonly regime: RegimeName;
  readonly shifted: boolean;
}

parentPort?.on('message', ({ regime, shifted, ...options }: CellTask) => {
  parentPort?.postMessage(runCell(regime, options, shifted ? SHIFTS : []));
});
