import { RefusedError } from './refused-error.ts';

/** Orders ids so that each comes after what it depends on, otherwise as given. @throws `assembly.cycle` naming the circle */
export function sortByDependencies(
  ids: readonly string[],
  dependenciesOf: (id: string) => readonly string[],
): readonly string[] {
  const sorted = new Set<string>();
  const path: string[] = [];
  const visit = (id: string): void => {
    if (sorted.has(id)) return;
    if (path.includes(id)) {
      const circle = [...path.slice(path.indexOf(id)), id].join(' -> ');
      throw new RefusedError('assembly.cycle', `the template's resources depend on one another in a circle: ${circle}`);
    }
    path.push(id);
    for (const dependency of dependenciesOf(id)) visit(dependency);
    path.pop();
    sorted.add(id);
  };
  for (const id of ids) visit(id);
  return [...sorted];
}
