import type { IncomingMessage } from 'node:http';
import type { FunctionConfig } from '../functions/function-config.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import { parseFunctionName } from '../functions/function-name.ts';
import { json, type LambdaAnswer, lambdaError, writeAnswer } from './lambda/answers.ts';
import { invoke } from './lambda/invoke.ts';
import type { LocalService } from './service.ts';

const FUNCTIONS = '/2015-03-31/functions';

/** AWS Lambda's API over the functions of a host: Invoke, GetFunction, GetFunctionConfiguration, ListFunctions. */
export function createLambdaService({ host }: { host: FunctionHost }): LocalService {
  const timers = new Set<NodeJS.Timeout>();
  const later = (delayMs: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, delayMs);
    timers.add(timer);
  };

  const answer = async (request: IncomingMessage): Promise<LambdaAnswer | undefined> => {
    const url = new URL(request.url ?? '/', 'http://lambda');
    const operation = operationOf(request.method ?? 'GET', url.pathname);
    if (operation === undefined) return unknownOperation(request.method ?? 'GET', url.pathname);
    if (operation.name === 'ListFunctions') return json(200, { Functions: host.list().map(describe) });
    const target = findFunction(host, operation.functionName, url.searchParams.get('Qualifier') ?? undefined);
    if ('statusCode' in target) return target;
    if (operation.name === 'Invoke') return await invoke(request, target, { host, later });
    const configuration = describe(target.config);
    if (operation.name === 'GetFunctionConfiguration') return json(200, configuration);
    return json(200, { Configuration: configuration, Code: { RepositoryType: 'S3' }, Tags: {} });
  };

  return {
    endpointId: 'LAMBDA',
    async handle(request, response) {
      const result = await answer(request);
      if (result !== undefined) writeAnswer(response, result);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

type Operation =
  | { name: 'ListFunctions' }
  | { name: 'Invoke' | 'GetFunction' | 'GetFunctionConfiguration'; functionName: string };

function operationOf(method: string, path: string): Operation | undefined {
  if (method === 'GET' && (path === FUNCTIONS || path === `${FUNCTIONS}/`)) return { name: 'ListFunctions' };
  if (!path.startsWith(`${FUNCTIONS}/`)) return undefined;
  const [encoded = '', action, ...more] = path.slice(FUNCTIONS.length + 1).split('/');
  if (more.length > 0) return undefined;
  const functionName = decodeURIComponent(encoded);
  if (method === 'POST' && action === 'invocations') return { name: 'Invoke', functionName };
  if (method === 'GET' && action === undefined) return { name: 'GetFunction', functionName };
  if (method === 'GET' && action === 'configuration') return { name: 'GetFunctionConfiguration', functionName };
  return undefined;
}

function unknownOperation(method: string, path: string): LambdaAnswer {
  return lambdaError(404, 'UnknownOperationException', {
    message: `${method} ${path} of Lambda is not available on the local platform, which knows Invoke, GetFunction, GetFunctionConfiguration and ListFunctions`,
  });
}

function findFunction(
  host: FunctionHost,
  text: string,
  queryQualifier: string | undefined,
): { config: FunctionConfig; arn: string } | LambdaAnswer {
  const parsed = parseFunctionName(text);
  if (parsed === undefined) {
    return lambdaError(400, 'ValidationException', { message: `"${text}" is no function name, partial ARN or ARN` });
  }
  const qualifier = queryQualifier ?? parsed.qualifier;
  const config = host.find(parsed.name);
  if (config === undefined || (qualifier !== undefined && !host.hasQualifier(parsed.name, qualifier))) {
    const asked = [parsed.name, ...(qualifier === undefined ? [] : [qualifier])].join(':');
    return lambdaError(404, 'ResourceNotFoundException', { message: `Function not found: ${asked}` });
  }
  return { config, arn: qualifier === undefined ? config.arn : `${config.arn}:${qualifier}` };
}

function describe(config: FunctionConfig): Record<string, unknown> {
  return {
    FunctionName: config.name,
    FunctionArn: config.arn,
    Runtime: config.runtime,
    Handler: config.handler,
    Description: config.description,
    Timeout: config.timeoutMs / 1000,
    MemorySize: config.memoryMiB,
    Environment: { Variables: config.environment },
    Version: '$LATEST',
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    LoggingConfig: { LogFormat: config.logFormat, LogGroup: config.logGroup },
  };
}
