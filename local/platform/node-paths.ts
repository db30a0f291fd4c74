import path from 'node:path';

/** The packages of the project that is run and of this package, in which local functions find what layers bring on AWS. */
export function nodePaths(): readonly string[] {
  const ownRoot = path.resolve(import.meta.dirname, '..', '..');
  const roots = new Set([process.cwd(), ownRoot]);
  return [...roots].map((root) => path.join(root, 'node_modules'));
}
