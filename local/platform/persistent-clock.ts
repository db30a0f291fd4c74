import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { type Clock, createClock } from '../clock.ts';
import { writeFileWhole } from './write-file.ts';

const Stored = z.object({ offsetMs: z.number().min(0) });

/** A clock whose offset survives a restart, so that what was stored does not lie in the future afterwards. */
export function openClock(file: string): Clock {
  const clock = createClock({ offsetMs: readOffset(file) });
  return {
    ...clock,
    advance(stepMs) {
      clock.advance(stepMs);
      writeFileWhole(file, JSON.stringify({ offsetMs: clock.offsetMs() }));
    },
  };
}

function readOffset(file: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Never moved.
    return 0;
  }
  return Stored.parse(JSON.parse(text)).offsetMs;
}
