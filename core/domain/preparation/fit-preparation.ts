import { compileSteps } from './compile-steps.ts';
import type { Declaration, FittedStep } from './declaration.ts';
import type { PreparationPlan } from './plan.ts';
import { invalidStep } from './preparation-errors.ts';
import type { Row } from './row.ts';
import { serveSteps } from './serve-steps.ts';
import { assignParts, type Boundaries, findBoundaries, type TimeSplit } from './split-rows.ts';
import type { Columns } from './steps/columns-after.ts';
import { type Learner, learnStep } from './steps/learn-step.ts';

/** One reading of all rows, from the first. */
export interface FitPass {
  row(cells: readonly string[]): void;
  end(): void;
}

export interface PreparationFit {
  /** The next reading that is needed; undefined where everything is known. */
  nextPass(): FitPass | undefined;
  /** @throws `preparation.not_servable`, `preparation.invalid` */
  plan(): PreparationPlan;
}

/**
 * Learns a declaration from the rows to be trained on, in as many readings of them as steps that learn build upon one another: scaling
 * what was imputed takes two. Steps of different columns learn in the same reading.
 *
 * Cost: memory by sketches and categories, not by rows, but for windows and duplicates.
 */
export function fitPreparation(declaration: Declaration, raw: readonly string[]): PreparationFit {
  const { steps, split } = declaration;
  const known: FittedStep[] = [];
  let boundaries: Boundaries | undefined;
  const advance = (learnt: FittedStep[]): void => {
    known.push(...learnt);
    while (known.length < steps.length && learnStep(steps[known.length] as FittedStep, known.length + 1) === undefined)
      known.push(steps[known.length] as FittedStep);
  };
  if (split && 'time' in split && !raw.includes(split.time))
    throw invalidStep(0, `there is no column ${split.time} to split by; there are ${raw.join(', ')}`);
  advance([]);
  compileSteps(declaration, raw, known);
  const needsBoundaries = () => split !== undefined && 'time' in split && boundaries === undefined;
  return {
    nextPass() {
      if (needsBoundaries()) {
        const finder = findBoundaries(split as TimeSplit);
        return {
          row: (cells) => finder.add(rawRow(raw, cells) as Map<string, string>),
          end() {
            boundaries = finder.finish();
          },
        };
      }
      if (known.length === steps.length) return undefined;
      const compiled = compileSteps(declaration, raw, known);
      const learners = independentLearners(declaration, known.length);
      const assign = assignParts(declaration, boundaries);
      let index = 0;
      let rows = 0;
      return {
        row(cells) {
          const row = rawRow(raw, cells);
          const part = assign(row as Map<string, string>, index++);
          if (part === undefined || part === 'invalid' || compiled.apply(row) !== undefined || part !== 'train') return;
          rows += 1;
          for (const learner of learners) learner.add(row);
        },
        end() {
          if (rows === 0) throw invalidStep(known.length + 1, 'no row is left to learn from; see what was rejected');
          advance(learners.map((learner) => learner.finish()));
        },
      };
    },
    plan() {
      const { columns } = compileSteps(declaration, raw, known);
      const features = featuresOf(declaration, columns);
      return {
        format: 'keelson-preparation/1',
        declaration,
        rawColumns: raw,
        steps: known,
        ...(boundaries && { boundaries }),
        features,
        atServing: serveSteps(declaration, raw, { steps: known, features }),
      };
    },
  };
}

export const rawRow = (raw: readonly string[], cells: readonly string[]): Row =>
  new Map(raw.map((name, i) => [name, cells[i] ?? '']));

/** The first step that is not known, and those after it that learn from other columns, none between them changing rows. */
function independentLearners({ steps }: Declaration, from: number): Learner[] {
  const learners: Learner[] = [];
  const touched = new Set<string>();
  for (const [offset, step] of steps.slice(from).entries()) {
    if (!('column' in step) || touched.has(step.column)) break;
    const learner = learnStep(step, from + offset + 1);
    if (!learner) break;
    touched.add(step.column);
    if (step.op === 'impute' && step.indicator !== undefined) touched.add(step.indicator);
    learners.push(learner);
  }
  return learners;
}

function featuresOf({ label, carry = [] }: Declaration, columns: Columns): string[] {
  const aside = new Set([label?.column, ...carry]);
  for (const name of carry) if (!columns.has(name)) throw invalidStep(0, `there is no column ${name} to carry`);
  const features = [...columns].filter(([name]) => !aside.has(name));
  const others = features.filter(([, type]) => type !== 'number').map(([name]) => name);
  if (others.length > 0)
    throw invalidStep(0, `${others.join(', ')} would be features and are no numbers: encode, cast, carry or drop them`);
  if (features.length === 0) throw invalidStep(0, 'no feature is left');
  return features.map(([name]) => name);
}
