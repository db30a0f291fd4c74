import { describe, expect, it } from 'vitest';
import type { CaptureSpill } from '../../core/ports/capture-spill.ts';

/** What every spill must do. @param open gives an empty one with room for ten of the lines below */
export function describeCaptureSpill(name: string, open: () => CaptureSpill): void {
  const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `{"line":${from + at}}`);

  describe(`capture spill: ${name}`, () => {
    it('has nothing at first', async () => {
      expect(await open().oldest()).toBeUndefined();
    });

    it('gives back what was kept, the first first, until it is removed', async () => {
      const spill = open();
      expect([await spill.append(lines(0, 3)), await spill.append(lines(3, 5))]).toEqual([3, 2]);
      const first = await spill.oldest();
      expect(first?.lines).toEqual(lines(0, 3));
      expect(await spill.oldest()).toEqual(first);
      await spill.retain(first?.id ?? '', []);
      expect((await spill.oldest())?.lines).toEqual(lines(3, 5));
    });

    it('keeps what is left of a batch in its place', async () => {
      const spill = open();
      await spill.append(lines(0, 3));
      await spill.append(lines(3, 5));
      const id = (await spill.oldest())?.id ?? '';
      await spill.retain(id, lines(1, 2));
      expect(await spill.oldest()).toEqual({ id, lines: lines(1, 2) });
    });

    it('keeps as many as there is room for, from the first, and says how many', async () => {
      const spill = open();
      expect(await spill.append(lines(0, 8))).toBe(8);
      expect(await spill.append(lines(0, 8))).toBe(2);
      expect(await spill.append(lines(0, 8))).toBe(0);
      await spill.retain((await spill.oldest())?.id ?? '', []);
      expect((await spill.oldest())?.lines).toEqual(lines(0, 2));
      expect(await spill.append(lines(0, 8))).toBe(8);
    });
  });
}
