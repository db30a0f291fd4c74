// Stands in the child process where AWS's runtime interface client stands: loads the handler, takes framed events
// over file descriptor 3, answers frames. Unlike on Lambda the process is not frozen between invocations: timers and
// sockets of a handler go on running, which no handler may rely on.
// Plain JavaScript on purpose: see frames.mjs.
import { AsyncLocalStorage } from 'node:async_hooks';
import { statSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatWithOptions } from 'node:util';
import { createFrameReader, createFrameWriter } from './frames.mjs';

const environment = process.env;
const handlerName = environment._HANDLER ?? '';
const taskRoot = environment.LAMBDA_TASK_ROOT ?? '.';
// From Node.js 24 on Lambda knows neither callbacks nor the event-loop switch.
const takesCallbacks = /nodejs(18|20|22)\.x$/.test(environment.AWS_EXECUTION_ENV ?? '');
const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;
/** A shorter body cannot pass Lambda's limit for an answer, even if each of its characters took the six of an escape. */
const COUNTED_FROM_CHARACTERS = 512 * 1024;

/** @type {AsyncLocalStorage<{ id: string }>} */
const currentRequest = new AsyncLocalStorage();
/** @type {Map<string, { id: string }>} */
const underWay = new Map();

const pipe = new Socket({ fd: 3, readable: true, writable: true });
// The platform went away, kill -9 included: nobody is left to answer.
pipe.on('close', () => process.exit(0));
pipe.on('error', () => process.exit(0));

const frames = createFrameWriter(pipe);
// What was answered before the process ended was answered.
process.on('exit', () => frames.flush());

const runtimeError = (name, message) => Object.assign(new Error(message), { name });

function describeError(error) {
  if (!(error instanceof Error) && !(typeof error === 'object' && error !== null && 'stack' in error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  return {
    errorType: String(error.name ?? 'Error'),
    errorMessage: String(error.message),
    trace: String(error.stack ?? '').split('\n'),
  };
}

function answer(header, value) {
  frames.write(header, { payload: JSON.stringify(value) });
}

function logError(title, error) {
  const { errorType, errorMessage, trace } = describeError(error);
  console.error(`${title} \t${JSON.stringify({ errorType, errorMessage, stack: trace })}`);
}

/** Lambda writes each console line with its time, the request it belongs to and its level, tabs or JSON between them. */
function patchConsole() {
  const asJson = environment.AWS_LAMBDA_LOG_FORMAT === 'JSON';
  const write = (level, parts) => {
    const requestId = currentRequest.getStore()?.id;
    const message = formatWithOptions({ colors: false }, ...parts);
    const timestamp = new Date().toISOString();
    const line = asJson
      ? JSON.stringify({ timestamp, level, requestId, message })
      : `${timestamp}\t${requestId ?? 'undefined'}\t${level}\t${message.replaceAll('\n', '\r')}`;
    process.stdout.write(`${line}\n`);
  };
  const levels = { log: 'INFO', info: 'INFO', debug: 'DEBUG', trace: 'TRACE', warn: 'WARN', error: 'ERROR' };
  for (const [method, level] of Object.entries(levels)) console[method] = (...parts) => write(level, parts);
}

async function loadModule(base) {
  const found = ['', '.js', '.mjs', '.cjs']
    .map((extension) => base + extension)
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  if (found === undefined) {
    throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${path.basename(base)}'`);
  }
  return await import(pathToFileURL(found).href);
}

async function importHandlerModule(base) {
  try {
    return await loadModule(base);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw Object.assign(runtimeError('Runtime.UserCodeSyntaxError', String(error)), { stack: error.stack });
    }
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw runtimeError('Runtime.ImportModuleError', String(error));
    }
    throw error;
  }
}

async function loadHandler() {
  const dot = handlerName.indexOf('.', handlerName.lastIndexOf('/') + 1);
  if (dot < 1 || handlerName.includes('..')) {
    throw runtimeError('Runtime.MalformedHandlerName', `Bad handler ${handlerName}`);
  }
  const module = await importHandlerModule(path.resolve(taskRoot, handlerName.slice(0, dot)));
  const names = handlerName.slice(dot + 1).split('.');
  const pick = (root) => names.reduce((value, name) => value?.[name], root);
  const handler = pick(module) ?? pick(module.default);
  if (typeof handler !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  }
  if (handler.length >= 3 && !takesCallbacks) {
    throw runtimeError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24: use an async handler',
    );
  }
  return handler;
}

// Each look at a variable of the environment is a call into the system; these never change.
const sameForAll = {
  functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
  ...(takesCallbacks ? { callbackWaitsForEmptyEventLoop: true } : {}),
};

const contextOf = (request) => ({
  ...sameForAll,
  clientContext: request.clientContext,
  identity: undefined,
  invokedFunctionArn: request.arn,
  awsRequestId: request.id,
  getRemainingTimeInMillis: () => request.deadlineMs - Date.now(),
});

function call(handler, event, context) {
  if (!(takesCallbacks && handler.length >= 3)) return handler(event, context);
  return new Promise((resolve, reject) => {
    const result = handler(event, context, (error, value) => (error ? reject(error) : resolve(value)));
    if (typeof result?.then === 'function') result.then(resolve, reject);
  });
}

/** The event of a request. A body that came by itself is put where the event has its place for it. */
function eventOf(request, payload, body) {
  const event = JSON.parse(payload.utf8Slice());
  if (request.bodyEncoding !== undefined) event.body = body.toString(request.bodyEncoding);
  return event;
}

function serialise(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (error) {
    throw runtimeError('Runtime.JSONStringifyError', `Unable to stringify response body: ${error.message}`);
  }
}

const isEnumerable = Object.prototype.propertyIsEnumerable;

/** Bytes of a text within JSON, quotes included. */
const jsonBytes = (text) => Buffer.byteLength(JSON.stringify(text));

/**
 * An answer to the HTTP API whose body travels by itself, as the bytes that the client gets, instead of being escaped here and
 * unescaped there. `size` is what Lambda would count, where it may matter.
 *
 * @returns undefined for anything else than an object with a status code and a body of its own
 */
function splitAnswer(result) {
  if (typeof result !== 'object' || result === null || typeof result.toJSON === 'function') return undefined;
  const isAnswer = isEnumerable.call(result, 'body') && isEnumerable.call(result, 'statusCode');
  if (!isAnswer || typeof result.body !== 'string' || typeof result.statusCode !== 'number') return undefined;
  const { body: text, ...rest } = result;
  const payload = serialise(rest);
  const body = Buffer.from(text, rest.isBase64Encoded === true ? 'base64' : 'utf8');
  const size = text.length > COUNTED_FROM_CHARACTERS ? payload.length + jsonBytes(text) : 0;
  return { header: { hasBody: true, size }, parts: { payload, body } };
}

async function serve(handler, request, event) {
  underWay.set(request.id, request);
  try {
    const result = await call(handler, event, contextOf(request));
    const { header, parts } = (request.splitAnswer ? splitAnswer(result) : undefined) ?? {
      parts: { payload: serialise(result) },
    };
    if (underWay.delete(request.id)) frames.write({ type: 'answer', id: request.id, ...header }, parts);
  } catch (error) {
    logError('Invoke Error', error);
    if (underWay.delete(request.id)) answer({ type: 'failure', id: request.id }, describeError(error));
  }
}

/** What nobody caught ends the process, as on Lambda; each request under way learns why. */
function dieOf(error, exitCode) {
  logError('Uncaught Exception', error);
  for (const id of underWay.keys()) answer({ type: 'failure', id }, describeError(error));
  underWay.clear();
  frames.flush();
  pipe.end(() => process.exit(exitCode));
}

function refuseStreaming() {
  throw runtimeError('Runtime.MalformedStreamingHandler', 'Response streaming is not available on the local platform');
}

patchConsole();
globalThis.awslambda = { streamifyResponse: refuseStreaming, HttpResponseStream: { from: refuseStreaming } };
// User code sees its own arguments only.
process.argv.splice(2);

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  logError('Uncaught Exception', error);
  answer({ type: 'init-failure' }, describeError(error));
}

if (handler !== undefined) {
  process.on('uncaughtException', (error) => dieOf(error, EXIT_UNCAUGHT_EXCEPTION));
  process.on('unhandledRejection', (reason) => {
    const error = runtimeError('Runtime.UnhandledPromiseRejection', String(reason));
    dieOf(Object.assign(error, { stack: reason?.stack ?? error.stack }), EXIT_UNHANDLED_REJECTION);
  });
  const read = createFrameReader((request, payload, body) => {
    currentRequest.run(request, serve, handler, request, eventOf(request, payload, body));
  });
  pipe.on('data', read);
  answer({ type: 'ready' }, null);
}
