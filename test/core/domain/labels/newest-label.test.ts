import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourOf } from '../../../../core/domain/labels/hour-of.ts';
import { type Label, labelName, labelText } from '../../../../core/domain/labels/label.ts';
import { foldLabels, outcomeOf, supersedes } from '../../../../core/domain/labels/newest-label.ts';

const label = (value: Label['value'], atMs: number, id = 'a'): Label => ({ id, row: 0, value, atMs });

const anyLabel = fc.record<Label>({
  id: fc.constantFrom('a', 'b'),
  row: fc.constantFrom(0, 1),
  value: fc.oneof(fc.constantFrom<Label['value']>(0, 1, '1', true, 'é', '😀', '\uffff')),
  atMs: fc.integer({ min: 0, max: 3 }),
});

describe('the newest of several labels', () => {
  it.each([
    ['new', label(1, 5), undefined],
    ['duplicate', label(1, 9), label(1, 5)],
    ['duplicate', label(1, 1), label(1, 5)],
    ['corrected', label(0, 6), label(1, 5)],
    ['outdated', label(0, 4), label(1, 5)],
    ['corrected', label(1, 5), label(0, 5)],
    ['outdated', label(0, 5), label(1, 5)],
    ['corrected', label(1, 6), label('1', 5)],
  ] as const)('is %s', (outcome, next, known) => {
    expect(outcomeOf(next, known)).toBe(outcome);
  });

  it('is the same whatever the order, in one batch or in several', () => {
    fc.assert(
      fc.property(fc.array(anyLabel, { maxLength: 20 }), fc.nat(), (labels, seed) => {
        const sorted = (values: readonly Label[]) => values.map((each) => JSON.stringify(each)).sort();
        const shuffled = labels
          .map((each, i) => ({ each, key: ((i + 1) * (seed + 7919)) % 104_729 }))
          .sort((x, y) => x.key - y.key);
        const once = foldLabels(shuffled.map(({ each }) => each)).newest;
        expect(sorted(once)).toEqual(sorted(foldLabels(labels).newest));
        expect(sorted(foldLabels([...foldLabels(labels.slice(0, 7)).newest, ...labels.slice(7)]).newest)).toEqual(
          sorted(once),
        );
      }),
    );
  });

  it('accounts for each label that was told', () => {
    fc.assert(
      fc.property(fc.array(anyLabel), (labels) => {
        const { newest, duplicate, outdated } = foldLabels(labels);
        expect(newest.length + duplicate.length + outdated.length).toBe(labels.length);
        expect(newest.length).toBe(new Set(labels.map(labelName)).size);
        for (const other of [...duplicate, ...outdated]) {
          const winner = newest.find((each) => labelName(each) === labelName(other)) as Label;
          expect(supersedes(other, winner)).toBe(false);
        }
      }),
    );
  });
});

describe('the text of a label', () => {
  it('tells types apart, and is ASCII', () => {
    expect([1, '1', true, 'true', -0.5].map(labelText)).toEqual(['1', '"1"', 'true', '"true"', '-0.5']);
    expect(labelText('é😀\u007f')).toBe('"\\u00e9\\ud83d\\ude00\\u007f"');
  });
});

it('names the hour of a moment in UTC', () => {
  expect(hourOf(Date.UTC(2026, 5, 1, 12, 59, 59, 999))).toBe('2026-06-01T12');
  expect(hourOf(Date.UTC(2026, 5, 1, 13))).toBe('2026-06-01T13');
});
