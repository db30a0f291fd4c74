import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODEL_VERSION_HEADER, PREDICTION_ID_HEADER, ROUTE_KEY_HEADER } from '../../../core/contracts/headers.ts';
import { openApiDocument } from '../../../core/contracts/open-api.ts';
import { CONTROL_ROUTES, inferenceRoutesOf, POOL_ROUTES } from '../../../core/contracts/routes.ts';
import { createRouteTable } from '../../../local/gateway/route-table.ts';
import { runs } from '../../support/shared.ts';

type Operation = { operationId: string; requestBody?: unknown; responses: Record<string, unknown> };
const document = openApiDocument() as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Record<string, unknown>> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
);

/** The routes of an API with one declared service, `fraud`. */
const routes = createRouteTable<'control' | 'pool' | 'declared'>();
for (const route of CONTROL_ROUTES) routes.add(route, 'control');
for (const route of POOL_ROUTES) routes.add(route, 'pool');
for (const route of inferenceRoutesOf('fraud')) routes.add(route, 'declared');

const at = (path: string, service: string) =>
  path.replace('{service}', service).replace('{version}', '3').replace('{id}', 'r1');

describe('the OpenAPI document', () => {
  it.each(operations)('describes what is routed: $method $path', ({ method, path }) => {
    const pool = routes.match(method, at(path, 'other'));
    expect(pool?.target).toMatch(/^(control|pool)$/);
    const declared = routes.match(method, at(path, 'fraud'));
    expect(declared?.target).toBe(pool?.target === 'pool' && path.includes('{service}') ? 'declared' : pool?.target);
  });

  it('describes every route', () => {
    const routed = new Set(operations.map(({ method, path }) => routes.match(method, at(path, 'other'))?.routeKey));
    expect([...CONTROL_ROUTES, ...POOL_ROUTES].filter((route) => !routed.has(route))).toEqual([]);
  });

  it('has no reference that leads nowhere, and an id for each operation', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]*)"/g)].map(([, path = '']) => path);
    expect(references.length).toBeGreaterThan(100);
    const find = (path: string) =>
      path
        .slice(1)
        .split('/')
        .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
    expect(references.filter((path) => find(path) === undefined)).toEqual([]);
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of requests what is checked', () => {
    const { InferRequest, ScoringRequest, RolloutRequest } = document.components.schemas;
    expect(InferRequest).toMatchObject({
      required: ['inputs'],
      properties: { inputs: { type: 'array', items: { required: ['name', 'shape', 'datatype'] } } },
    });
    expect(ScoringRequest?.['oneOf']).toHaveLength(4);
    expect(RolloutRequest).toMatchObject({ required: ['version'], additionalProperties: false });
  });

  it('names every header of a prediction, of its request, its answer and its failure', () => {
    type Headers = Record<string, unknown>;
    type Described = { parameters: { name: string; in: string }[]; responses: Record<string, { headers: Headers }> };
    const predictions = Object.entries(document.paths).filter(([path]) =>
      /\/infer$|:predict$|\/invocations$/.test(path),
    );
    expect(predictions.length).toBe(6);
    for (const [, { post }] of predictions) {
      const { parameters, responses } = post as unknown as Described;
      const names = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining([PREDICTION_ID_HEADER, ROUTE_KEY_HEADER, 'content-encoding']));
      expect(Object.keys(responses['200']?.headers ?? {})).toEqual(
        expect.arrayContaining([PREDICTION_ID_HEADER, MODEL_VERSION_HEADER]),
      );
      expect(Object.keys(responses['default']?.headers ?? {})).toEqual(
        expect.arrayContaining([PREDICTION_ID_HEADER, MODEL_VERSION_HEADER, 'retry-after']),
      );
    }
  });

  const noValidator = runs('python3', '-c', 'import openapi_spec_validator')
    ? undefined
    : 'skipped: python3 has no openapi_spec_validator here';
  it.skipIf(noValidator)(`is valid by openapi_spec_validator ${noValidator ?? ''}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'open-api-'));
    const file = join(folder, 'openapi.json');
    writeFileSync(file, JSON.stringify(document));
    const script = `
import json, sys
from openapi_spec_validator import OpenAPIV31SpecValidator
for error in OpenAPIV31SpecValidator(json.load(open(sys.argv[1]))).iter_errors(): print(error.message)
`;
    const problems = execFileSync('python3', ['-c', script, file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(problems).toBe('');
  });
});
