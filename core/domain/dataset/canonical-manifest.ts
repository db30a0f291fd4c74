/**
 * The text whose sha256 is a manifest's digest: JSON without white space, the keys of every object in the order of their UTF-16 units,
 * arrays as they stand, `digest` at the top left out. Where objects lie does not count, only what is in them: a data set that was copied
 * to another bucket is the same.
 */
export function canonicalManifest(manifest: { readonly [key: string]: unknown }): string {
  const { digest: _, objects, ...rest } = manifest;
  const contents = Array.isArray(objects)
    ? objects.map(({ key: __, ...content }: Record<string, unknown>) => content)
    : objects;
  return canonical({ ...rest, objects: contents });
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}
