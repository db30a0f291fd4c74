import { type Label, labelName, labelText } from './label.ts';

/**
 * Whether a label takes the place of another of the same row: the later one does, and of two of the same time the one whose text
 * is greater. Every order of arrival leads to the same label, on any number of machines (a last-writer-wins register; Shapiro et
 * al., A comprehensive study of convergent and commutative replicated data types, INRIA RR-7506, 2011).
 */
export const supersedes = (next: Label, known: Label): boolean =>
  next.atMs > known.atMs || (next.atMs === known.atMs && labelText(next.value) > labelText(known.value));

/** What became of a label that was told. */
export type LabelOutcome =
  /** The first of its row. */
  | 'new'
  /** Took the place of another value. */
  | 'corrected'
  /** Says what was known. */
  | 'duplicate'
  /** Says something else than was known, and is older. */
  | 'outdated';

/** @param known what was known of the row before */
export function outcomeOf(next: Label, known: Label | undefined): LabelOutcome {
  if (known === undefined) return 'new';
  if (labelText(next.value) === labelText(known.value)) return 'duplicate';
  return supersedes(next, known) ? 'corrected' : 'outdated';
}

export interface FoldedLabels {
  /** One for each row that was told of, in order of its first mention. */
  readonly newest: readonly Label[];
  /** Of the others, those that say what the newest of their row says. */
  readonly duplicate: readonly Label[];
  /** Those that say something else. */
  readonly outdated: readonly Label[];
}

/** What remains of a batch in which a row may be told of several times. Cost: O(n). */
export function foldLabels(labels: readonly Label[]): FoldedLabels {
  const newest = new Map<string, Label>();
  for (const label of labels) {
    const name = labelName(label);
    const known = newest.get(name);
    if (known === undefined || supersedes(label, known)) newest.set(name, label);
  }
  const others = labels.filter((label) => newest.get(labelName(label)) !== label);
  const isDuplicate = (label: Label): boolean =>
    labelText(label.value) === labelText((newest.get(labelName(label)) as Label).value);
  return {
    newest: [...newest.values()],
    duplicate: others.filter(isDuplicate),
    outdated: others.filter((label) => !isDuplicate(label)),
  };
}
