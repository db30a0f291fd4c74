/** HTTP APIs decode the path before they look for a route: `/a%2Fb` is `/a/b`. */
export function parseTarget(url: string): { path: string; query: string } | undefined {
  const mark = url.indexOf('?');
  const raw = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  if (!raw.startsWith('/')) return undefined;
  if (!raw.includes('%')) return { path: raw, query };
  try {
    return { path: decodeURIComponent(raw), query };
  } catch {
    // A stray percent sign: the client's mistake, told by the caller.
    return undefined;
  }
}

/** A named stage is the first segment of the path; all else belongs to `$default`. */
export function pickStage(
  stages: ReadonlyMap<string, unknown>,
  path: string,
): { name: string; routePath: string } | undefined {
  if (stages.size > 1 || !stages.has('$default')) {
    const end = path.indexOf('/', 1);
    const first = end < 0 ? path.slice(1) : path.slice(1, end);
    if (first !== '$default' && stages.has(first)) return { name: first, routePath: end < 0 ? '/' : path.slice(end) };
  }
  return stages.has('$default') ? { name: '$default', routePath: path } : undefined;
}
