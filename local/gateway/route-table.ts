/** Finds the route of a request, as an HTTP API does: literal segments win over `{x}`, those over `{x+}`, all over `$default`. */
export interface RouteTable<T> {
  /** @throws RangeError for a key that is no route key */
  add(routeKey: string, target: T): void;
  match(method: string, path: string): RouteMatch<T> | undefined;
}

export interface RouteMatch<T> {
  readonly routeKey: string;
  readonly target: T;
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
}

interface Route<T> {
  readonly routeKey: string;
  readonly target: T;
  readonly parameterNames: readonly string[];
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter: Node<T> | undefined;
  /** Methods of a route that ends here in `{x+}`. */
  readonly greedy: Map<string, Route<T>>;
  readonly routes: Map<string, Route<T>>;
}

/** Whoever asks ever new paths must not fill the memory. */
const REMEMBERED_MATCHES = 1_000;

const ROUTE_KEY = /^(ANY|[A-Z]+) (\/.*)$/;
const PARAMETER = /^\{([^{}+]+)\}$/;
const GREEDY_PARAMETER = /^\{([^{}+]+)\+\}$/;

const createNode = <T>(): Node<T> => ({
  literals: new Map(),
  parameter: undefined,
  greedy: new Map(),
  routes: new Map(),
});

export function createRouteTable<T>(): RouteTable<T> {
  const root = createNode<T>();
  let fallback: Route<T> | undefined;

  const ofMethod = (routes: Map<string, Route<T>>, method: string): Route<T> | undefined =>
    routes.get(method) ?? routes.get('ANY');

  /** Depth first, most specific child first; a branch without the method is left again. Fills `values` on the way. */
  const find = (node: Node<T>, at: Cursor, values: string[]): Route<T> | undefined => {
    if (at.index === at.segments.length) return ofMethod(node.routes, at.method);
    const segment = at.segments[at.index] as string;
    const deeper = { ...at, index: at.index + 1 };
    const literal = node.literals.get(segment);
    const exact = literal === undefined ? undefined : find(literal, deeper, values);
    if (exact !== undefined) return exact;
    if (segment !== '' && node.parameter !== undefined) {
      values.push(segment);
      const bound = find(node.parameter, deeper, values);
      if (bound !== undefined) return bound;
      values.pop();
    }
    const greedy = ofMethod(node.greedy, at.method);
    if (greedy === undefined) return undefined;
    const rest = at.segments.slice(at.index).join('/');
    if (rest === '') return undefined;
    values.push(rest);
    return greedy;
  };

  const search = (method: string, path: string): RouteMatch<T> | undefined => {
    const values: string[] = [];
    const route = find(root, { method, segments: segmentsOf(path), index: 0 }, values) ?? fallback;
    if (route === undefined) return undefined;
    const named = route.parameterNames.map((name, index) => [name, values[index] ?? ''] as const);
    return {
      routeKey: route.routeKey,
      target: route.target,
      pathParameters: named.length === 0 ? undefined : Object.fromEntries(named),
    };
  };
  // Clients ask the same few paths again and again.
  const found = new Map<string, RouteMatch<T>>();

  return {
    add(routeKey, target) {
      found.clear();
      if (routeKey === '$default') {
        fallback = { routeKey, target, parameterNames: [] };
        return;
      }
      const [, method, path] = ROUTE_KEY.exec(routeKey) ?? [];
      if (method === undefined || path === undefined) {
        throw new RangeError(
          `"${routeKey}" is no route key: it must be "$default" or "METHOD /path", METHOD upper case or ANY`,
        );
      }
      insert(root, segmentsOf(path), { routeKey, method, target });
    },
    match(method, path) {
      const key = `${method} ${path}`;
      const known = found.get(key);
      if (known !== undefined) return known;
      const match = search(method, path);
      if (match === undefined) return undefined;
      if (found.size >= REMEMBERED_MATCHES) found.clear();
      found.set(key, match);
      return match;
    },
  };
}

interface Cursor {
  readonly method: string;
  readonly segments: readonly string[];
  readonly index: number;
}

const segmentsOf = (path: string): readonly string[] => (path === '/' ? [] : path.slice(1).split('/'));

function insert<T>(
  root: Node<T>,
  segments: readonly string[],
  route: { routeKey: string; method: string; target: T },
): void {
  const parameterNames: string[] = [];
  const { routeKey, target } = route;
  let node = root;
  for (const [index, segment] of segments.entries()) {
    const greedy = GREEDY_PARAMETER.exec(segment)?.[1];
    if (greedy !== undefined) {
      if (index < segments.length - 1) throw new RangeError(`"${routeKey}": {${greedy}+} must be the last segment`);
      node.greedy.set(route.method, { routeKey, target, parameterNames: [...parameterNames, greedy] });
      return;
    }
    const name = PARAMETER.exec(segment)?.[1];
    if (name === undefined) {
      const next = node.literals.get(segment) ?? createNode<T>();
      node.literals.set(segment, next);
      node = next;
    } else {
      parameterNames.push(name);
      node.parameter ??= createNode<T>();
      node = node.parameter;
    }
  }
  node.routes.set(route.method, { routeKey, target, parameterNames });
}
