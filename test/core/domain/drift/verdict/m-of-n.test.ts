import { describe, expect, it } from 'vitest';
import { mOfN } from '../../../../../core/domain/drift/verdict/m-of-n.ts';

const twoOfThree = { breaches: 2, ofWindows: 3 };

describe('M of N', () => {
  it.each([
    [[], false],
    [[true], false],
    [[true, true], true],
    [[true, false, true], true],
    [[true, false, false, true], false],
    [[true, true, false, false], false],
    [[false, true, true, false], true],
  ])('of %j is %s', (recent, expected) => {
    expect(mOfN(recent, twoOfThree)).toBe(expected);
  });
});
