import * as z from 'zod';
import { MODEL_VERSION_HEADER, PREDICTION_ID_HEADER } from './headers.ts';
import { OPERATIONS, type Operation } from './open-api/operations.ts';
import { SCHEMAS, type SchemaName } from './open-api/schemas.ts';
import { KEELSON_VERSION } from './product.ts';
import { SERVICE_NAME_PATTERN } from './service-name-pattern.ts';

type Json = Readonly<Record<string, unknown>>;

/** GET /openapi.json: the HTTP API in OpenAPI 3.1, written from the schemas that check requests. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of OPERATIONS) {
    const [method = '', path = ''] = operation.route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(operation, path) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Keelson',
      version: KEELSON_VERSION,
      description: 'Model inference by four protocols, and the registry of what serves.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(OPERATIONS.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: Object.fromEntries(schemaNames().map((name) => [name, toSchema(name)])) },
  };
}

const schemaNames = () => Object.keys(SCHEMAS) as SchemaName[];

/** What a schema refers to inside itself is found below its own name. */
function toSchema(name: SchemaName): Json {
  const { schema, io } = SCHEMAS[name];
  const { $schema: _, ...written } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return JSON.parse(JSON.stringify(written).replaceAll('"#/$defs/', `"#/components/schemas/${name}/$defs/`)) as Json;
}

const ref = (name: SchemaName): Json => ({ $ref: `#/components/schemas/${name}` });

/** JSON by its schema; any other type is what its protocol says. */
const content = (types: Operation['answer']): Json =>
  Object.fromEntries(
    Object.entries(types).map(([type, name]) => [type, { schema: typeof name === 'string' ? ref(name) : name }]),
  );

function toOperation(operation: Operation, path: string): Json {
  const {
    route,
    summary,
    tag,
    body,
    answer,
    status = 200,
    error,
    headers = {},
    answerHeaders = {},
    query = {},
  } = operation;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => pathParameter(name)),
    ...Object.entries(headers).map(([name, description]) => described('header', name, description)),
    ...Object.entries(query).map(([name, description]) => described('query', name, description)),
  ];
  return {
    operationId: operationId(route),
    summary,
    tags: [tag],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: !operation.bodyOptional, content: content(body) } }),
    responses: {
      [status]: {
        description: 'Done',
        ...(Object.keys(answerHeaders).length > 0 && { headers: describeHeaders(answerHeaders) }),
        content: content(answer),
      },
      default: {
        description: 'Failed: what was wrong and what to do',
        headers: describeHeaders(failureHeaders(operation)),
        content: content({ 'application/json': error }),
      },
    },
  };
}

/** A failure tells what is known by then of what an answer tells. */
function failureHeaders({ error, answerHeaders = {} }: Operation): Readonly<Record<string, string>> {
  const known = [MODEL_VERSION_HEADER, PREDICTION_ID_HEADER].filter((name) => name in answerHeaders);
  return {
    ...Object.fromEntries(known.map((name) => [name, `${answerHeaders[name]}, where that is known by then`])),
    ...(error === 'RuntimeError' && { 'x-amzn-errortype': 'The error’s name, by which AWS’s clients raise it' }),
    'retry-after': 'With 429 and 503: seconds to wait',
  };
}

const describeHeaders = (headers: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );

const described = (place: 'header' | 'query', name: string, description: string): Json => ({
  name,
  in: place,
  description,
  schema: { type: 'string' },
});

const PATH_SCHEMAS: Readonly<Record<string, Json>> = {
  service: { type: 'string', pattern: SERVICE_NAME_PATTERN.source },
  version: { type: 'string', pattern: '^[1-9][0-9]{0,7}$' },
};

const pathParameter = (name: string): Json => ({
  name,
  in: 'path',
  required: true,
  schema: PATH_SCHEMAS[name] ?? { type: 'string' },
});

/** `post-v2-models-service-infer`: unique because routes are. */
const operationId = (route: string): string =>
  route
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '');
