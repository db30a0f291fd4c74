import { validationError } from '../protocol/errors.ts';
import { describePath, type Path } from './syntax.ts';

/** @throws ValidationException when a path contains another, or when two expect a map and a list at the same place */
export function assertDisjointPaths(paths: readonly Path[]): void {
  paths.forEach((path, index) => {
    for (const earlier of paths.slice(0, index)) assertDisjoint(earlier, path);
  });
}

function assertDisjoint(one: Path, two: Path): void {
  const differs = one.parts.findIndex((part, index) => part !== two.parts[index]);
  const diverges = differs !== -1 && differs < two.parts.length;
  if (diverges && typeof one.parts[differs] === typeof two.parts[differs]) return;
  throw validationError(
    `Two document paths ${diverges ? 'conflict' : 'overlap'} with each other; must remove or rewrite one of these paths; path one: ${describePath(one)}, path two: ${describePath(two)}`,
  );
}
