import { describe, expect, it } from 'vitest';
import { createRouteTable } from '../../../local/gateway/route-table.ts';

const table = (...routeKeys: string[]) => {
  const routes = createRouteTable<string>();
  for (const routeKey of routeKeys) routes.add(routeKey, routeKey);
  return routes;
};

describe('a route table', () => {
  it.each([
    ['a literal before a parameter', ['GET /a/{x}', 'GET /a/b'], 'GET', '/a/b', 'GET /a/b'],
    ['a parameter before a greedy one', ['GET /a/{x+}', 'GET /a/{x}'], 'GET', '/a/b', 'GET /a/{x}'],
    ['a greedy parameter before $default', ['$default', 'ANY /{x+}'], 'GET', '/a/b', 'ANY /{x+}'],
    ['the method before ANY', ['ANY /a', 'GET /a'], 'GET', '/a', 'GET /a'],
    [
      'another route where the most specific one lacks the method',
      ['GET /a/b', 'POST /a/{x}'],
      'POST',
      '/a/b',
      'POST /a/{x}',
    ],
    [
      'a wider route where a narrower one leads nowhere',
      ['GET /a/b/c', 'GET /a/{x}/d'],
      'GET',
      '/a/b/d',
      'GET /a/{x}/d',
    ],
    ['the longest fixed part among greedy ones', ['ANY /{x+}', 'ANY /a/{x+}'], 'GET', '/a/b/c', 'ANY /a/{x+}'],
    ['the root', ['GET /', 'ANY /{x+}'], 'GET', '/', 'GET /'],
  ])('prefers %s', (_what, keys, method, path, winner) => {
    expect(table(...keys).match(method, path)?.routeKey).toBe(winner);
  });

  it('binds parameters by the names of the route that won', () => {
    const routes = table('GET /{one}/x', 'POST /{other}/x/{rest+}');
    expect(routes.match('GET', '/a/x')?.pathParameters).toEqual({ one: 'a' });
    expect(routes.match('POST', '/a/x/b/c')?.pathParameters).toEqual({ other: 'a', rest: 'b/c' });
  });

  it('drops what a branch had bound when it leaves the branch', () => {
    const routes = table('GET /{a}/{b}/c', 'GET /{rest+}');
    expect(routes.match('GET', '/1/2/3')?.pathParameters).toEqual({ rest: '1/2/3' });
  });

  it.each([
    ['an empty segment for a parameter', 'GET /a/{x}', '/a/'],
    ['nothing for a greedy parameter', 'GET /a/{x+}', '/a/'],
    ['a trailing slash', 'GET /a', '/a/'],
    ['another method', 'POST /a', '/a'],
  ])('matches nothing: %s', (_what, routeKey, path) => {
    expect(table(routeKey).match('GET', path)).toBeUndefined();
  });

  it.each(['/a', 'get /a', 'GET a', 'GET /{x+}/b'])('fails on the route key %s', (routeKey) => {
    expect(() => table(routeKey)).toThrow(RangeError);
  });
});
