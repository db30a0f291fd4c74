import { describe, expect, it } from 'vitest';
import { describeGates, EFFECT_GATES, rowsForGates } from '../../../../../core/domain/drift/verdict/effect-gates.ts';
import {
  VERDICT_SETTINGS,
  type VerdictOptions,
  verdictSettings,
} from '../../../../../core/domain/drift/verdict/verdict-settings.ts';

describe('settings of a monitor', () => {
  it('have defaults, and keep what is given', () => {
    expect(verdictSettings()).toEqual(VERDICT_SETTINGS);
    const given = verdictSettings({ alpha: 0.01, gates: { ks: 0.2 } });
    expect(given).toEqual({ ...VERDICT_SETTINGS, alpha: 0.01, gates: { ...EFFECT_GATES, ks: 0.2 } });
  });

  it.each<[VerdictOptions, string]>([
    [{ alpha: 0 }, 'alpha'],
    [{ alpha: 1 }, 'alpha'],
    [{ alpha: Number.NaN }, 'alpha'],
    [{ largestAlpha: 1 }, 'largestAlpha'],
    [{ alpha: 0.1, largestAlpha: 0.05 }, 'largestAlpha'],
    [{ breaches: 0 }, 'breaches'],
    [{ breaches: 4 }, 'breaches'],
    [{ ofWindows: 2.5 }, 'ofWindows'],
    [{ minimumRows: 0 }, 'minimumRows'],
    [{ averageRunLength: 1 }, 'averageRunLength'],
    [{ historyLimit: 0 }, 'historyLimit'],
    [{ gates: { ks: 0 } }, 'gates.ks'],
    [{ gates: { missing: Number.NaN } }, 'gates.missing'],
  ])('fail for %j, naming %s', (options, setting) => {
    expect(() => verdictSettings(options)).toThrow(
      expect.objectContaining({ code: 'drift.setting_invalid', details: expect.objectContaining({ setting }) }),
    );
  });

  it('say of each gate what it means', () => {
    const gates = describeGates({ ...EFFECT_GATES, missing: 0.035 });
    expect(gates.map(({ gate }) => gate).sort()).toEqual(Object.keys(EFFECT_GATES).sort());
    expect(gates.find(({ gate }) => gate === 'missing')).toEqual({
      gate: 'missing',
      value: 0.035,
      meaning: 'the share of rows without a value has changed by 3.5 % of all rows or more',
    });
    for (const { meaning, value } of gates)
      expect(meaning).toMatch(new RegExp(`${value}|${(value * 100).toFixed(1).replace('.0', '')} %`));
  });

  it('need 441 rows for a KS distance of 0.1, and a quarter for one of 0.2', () => {
    expect(rowsForGates(EFFECT_GATES)).toBe(441);
    expect(rowsForGates({ ...EFFECT_GATES, ks: 0.2 })).toBe(111);
  });
});
