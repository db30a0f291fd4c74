import { describe, expect, it } from 'vitest';
import { judge, type TreatMissingData } from '../../../../local/services/cloudwatch/alarms/judge.ts';

/** `0` within the threshold, `X` beyond it, `-` missing; the newest is the last one. */
const rangeOf = (text: string) =>
  text
    .split(' ')
    .map((sign, index) => (sign === '-' ? undefined : { atMs: index, value: 1, isBreaching: sign === 'X' }));

const TREATMENTS: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
const all = (range: string, datapointsToAlarm: number) =>
  TREATMENTS.map(
    (treatMissingData) =>
      judge(rangeOf(range), { datapointsToAlarm, evaluationPeriods: 3, treatMissingData }).state ?? 'same',
  );

// The tables of "Configuring how CloudWatch alarms treat missing data": missing, ignore, breaching, notBreaching.
describe('an alarm that looks at three data points', () => {
  it.each([
    ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', ['INSUFFICIENT_DATA', 'same', 'ALARM', 'OK']],
    ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - X - -', ['ALARM', 'same', 'ALARM', 'OK']],
  ])('and needs all three judges %s as AWS does', (range, expected) => {
    expect(all(range, 3)).toEqual(expected);
  });

  it.each([
    ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - X -', ['ALARM', 'same', 'ALARM', 'OK']],
  ])('and needs two of them judges %s as AWS does', (range, expected) => {
    expect(all(range, 2)).toEqual(expected);
  });

  it.each(['- - - - X', '- - - X -'])('does not alarm too early on %s', (range) => {
    const options = { datapointsToAlarm: 3, evaluationPeriods: 3, treatMissingData: 'missing' } as const;
    expect(judge(rangeOf(range), options).state).toBeUndefined();
  });
});
