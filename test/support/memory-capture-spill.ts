import type { CaptureSpill } from '../../core/ports/capture-spill.ts';

/** A spill in memory. @param limitLines of all that it keeps together */
export function memoryCaptureSpill(limitLines = Number.POSITIVE_INFINITY): CaptureSpill {
  const segments = new Map<string, readonly string[]>();
  let next = 0;
  const held = () => [...segments.values()].reduce((sum, lines) => sum + lines.length, 0);
  return {
    async append(lines) {
      const kept = lines.slice(0, Math.max(0, limitLines - held()));
      next += 1;
      if (kept.length > 0) segments.set(`segment-${next}`, kept);
      return kept.length;
    },
    async oldest() {
      const first = segments.entries().next();
      return first.done ? undefined : { id: first.value[0], lines: first.value[1] };
    },
    async retain(id, lines) {
      if (lines.length > 0) segments.set(id, lines);
      else segments.delete(id);
    },
  };
}
