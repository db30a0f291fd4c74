import { SingleBar } from 'cli-progress';
import type { Output } from '../io.ts';
import { formatBytes } from './format.ts';

export interface Progress {
  /** Runs `work` with a bar for its bytes; without a terminal nothing is shown. */
  bytes<T>(label: string, work: (onProgress: (done: number, total: number) => void) => Promise<T>): Promise<T>;
}

/** Progress goes to stderr, so that what is printed can still be piped. */
export function createProgress(stderr: Output): Progress {
  return {
    async bytes(label, work) {
      if (!stderr.isTTY) return work(() => {});
      const bar = createBar(stderr, label);
      try {
        return await work((done, total) => {
          if (!bar.isActive) bar.start(total, done);
          bar.update(done);
          // The next step draws its own bar: this one must not be drawn again.
          if (done >= total) bar.stop();
        });
      } finally {
        if (bar.isActive) bar.stop();
      }
    },
  };
}

const createBar = (stderr: Output, label: string): SingleBar =>
  new SingleBar({
    stream: stderr,
    format: `${label.padEnd(12)} {bar} {percentage}%  {value} of {total}`,
    formatValue: (value, _options, type) =>
      type === 'value' || type === 'total' ? formatBytes(value) : String(value).padStart(type === 'percentage' ? 3 : 0),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    // Otherwise Ctrl-C would be caught, or leave a terminal without a cursor.
    gracefulExit: false,
    hideCursor: false,
  });
