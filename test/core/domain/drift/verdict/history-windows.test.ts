import { describe, expect, it } from 'vitest';
import { blockBootstrap, cutInTime } from '../../../../../core/domain/drift/verdict/history-windows.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';

describe('history from a training set', () => {
  it('cuts the stream in time and leaves the oldest remainder out', () => {
    expect(cutInTime(11, 3)).toEqual([
      [2, 5],
      [5, 8],
      [8, 11],
    ]);
  });

  it.each([0, 1.5, 12, Number.NaN])('fails for windows of %s rows of 11', (rowsPerWindow) => {
    expect(() => cutInTime(11, rowsPerWindow)).toThrow(expect.objectContaining({ code: 'drift.setting_invalid' }));
  });

  it('draws whole customers, wherever their rows are', () => {
    const entities = ['a', 'b', 'a', 'c', 'b', 'c'];
    const windows = blockBootstrap(entities, { rowsPerWindow: 6, windows: 50, random: createRandom(1) });
    expect(windows).toHaveLength(50);
    for (const rows of windows) {
      expect(rows).toHaveLength(6);
      for (let i = 0; i < 6; i += 2)
        expect([
          [0, 2],
          [1, 4],
          [3, 5],
        ]).toContainEqual(rows.slice(i, i + 2));
    }
    expect(new Set(windows.map((rows) => rows.join())).size).toBeGreaterThan(10);
  });

  it('cuts the last customer short, so that windows are of the served size', () => {
    const [rows] = blockBootstrap([1, 1, 1, 1], { rowsPerWindow: 3, windows: 1, random: createRandom(1) });
    expect(rows).toEqual([0, 1, 2]);
  });

  it('fails to draw windows larger than the training set', () => {
    expect(() => blockBootstrap([1], { rowsPerWindow: 2, windows: 1, random: createRandom(1) })).toThrow(
      expect.objectContaining({ code: 'drift.setting_invalid' }),
    );
  });
});
