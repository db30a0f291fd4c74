import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { killGroup, spawnBootstrap } from './child-process.ts';
import { environmentVariables, type HostEnvironment } from './environment-variables.ts';
import { createFrameReader, createFrameWriter } from './frames.mjs';
import type { FunctionConfig } from './function-config.ts';
import {
  ANSWER_LIMIT_BYTES,
  exitError,
  functionError,
  type Invocation,
  type InvocationResult,
  timeoutError,
} from './invocation.ts';
import { logGroupDirectory, openLogStream } from './log-stream.ts';
import { residentBytes } from './memory.ts';
import { createMetricLines } from './metric-lines.ts';
import { reportLines } from './report-lines.ts';

// After a process has ended its pipes close at once, unless something that it started keeps them.
const LINGER_MS = 1000;
const MIB = 1024 * 1024;

/** What the bootstrap sends, see bootstrap.mjs. */
type ChildFrame =
  | { type: 'ready' }
  | { type: 'init-failure' }
  /** `hasBody`: the body follows by itself; `size`: the whole answer's, where it may be too large. */
  | { type: 'answer'; id: string; hasBody?: true; size?: number }
  | { type: 'failure'; id: string };

interface UnderWay {
  readonly invocation: Invocation;
  readonly startedMs: number;
  readonly timer: NodeJS.Timeout;
  readonly settle: (result: InvocationResult) => void;
}

/** One child process that answers invocations of one function. */
export interface ExecutionEnvironment {
  readonly pid: number | undefined;
  /** Requests it is answering now. */
  load(): number;
  isReady(): boolean;
  lastUsedMs(): number;
  invoke(invocation: Invocation): Promise<InvocationResult>;
  /** Ends the process if its memory passed the function's. */
  checkMemory(): void;
  kill(): void;
}

export interface EnvironmentEvents {
  readonly initLimitMs: number;
  ready(): void;
  /** The process is gone. `initError`: why it never became ready, told to the request that it was started for. */
  gone(initError: ((requestId: string) => InvocationResult) | undefined): void;
}

export function startExecutionEnvironment(
  config: FunctionConfig,
  host: HostEnvironment,
  events: EnvironmentEvents,
): ExecutionEnvironment {
  const id = randomUUID().replaceAll('-', '');
  const temporaryDirectory = path.join(host.directory, 'tmp', id);
  mkdirSync(temporaryDirectory, { recursive: true });
  const day = new Date(host.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
  const logs = openLogStream(
    logGroupDirectory(path.join(host.directory, 'logs'), config.logGroup),
    `${day}/[$LATEST]${id}`,
  );
  const startedMs = performance.now();
  const child = spawnBootstrap(
    config,
    environmentVariables(config, host, { temporaryDirectory, logStream: logs.name }),
  );
  const pipe = child.stdio[3] as Socket;
  const frames = createFrameWriter(pipe);
  const underWay = new Map<string, UnderWay>();
  let state: 'starting' | 'ready' | 'dying' | 'gone' = 'starting';
  let everReady = false;
  let initMs: number | undefined;
  let lastUsedMs = performance.now();
  let peakBytes = 0;
  let initError: ((requestId: string) => InvocationResult) | undefined;

  const kill = (): void => {
    // Between the kill and the exit no request may be given to it any more.
    if (state !== 'gone') state = 'dying';
    killGroup(child);
  };
  const initTimer = setTimeout(() => {
    initError = (requestId) => timeoutError(requestId, events.initLimitMs);
    kill();
  }, events.initLimitMs);

  const settle = (requestId: string, result: InvocationResult): void => {
    const request = underWay.get(requestId);
    if (request === undefined) return;
    underWay.delete(requestId);
    clearTimeout(request.timer);
    lastUsedMs = performance.now();
    const durationMs = lastUsedMs - request.startedMs;
    logs.write(reportLines(requestId, config, { durationMs, peakBytes, initMs }));
    host.observer?.ended(config.name, { durationMs, isError: result.kind !== 'answer' });
    initMs = undefined;
    request.settle(result);
  };

  const onFrame = (frame: ChildFrame, payload: Buffer, body: Buffer): void => {
    switch (frame.type) {
      case 'ready':
        clearTimeout(initTimer);
        initMs = performance.now() - startedMs;
        state = 'ready';
        everReady = true;
        events.ready();
        return;
      case 'init-failure': {
        const told: InvocationResult = { kind: 'function-error', payload: Buffer.from(payload) };
        initError = () => told;
        kill();
        return;
      }
      case 'answer': {
        const size = Math.max(frame.size ?? 0, payload.length);
        const answer: InvocationResult =
          frame.hasBody === true ? { kind: 'answer', payload, body } : { kind: 'answer', payload };
        settle(frame.id, size > ANSWER_LIMIT_BYTES ? answerTooLarge(size) : answer);
        return;
      }
      case 'failure':
        settle(frame.id, { kind: 'function-error', payload });
    }
  };

  const onGone = (code: number | null, signal: string | null): void => {
    if (state === 'gone') return;
    state = 'gone';
    clearTimeout(initTimer);
    for (const requestId of [...underWay.keys()]) {
      logs.write(`RequestId: ${requestId} Error: Runtime exited\n`);
      settle(requestId, exitError(requestId, { code, signal }));
    }
    rmSync(temporaryDirectory, { recursive: true, force: true });
    void logs.close().then(() => {
      events.gone(everReady ? undefined : (initError ?? ((requestId) => exitError(requestId, { code, signal }))));
    });
  };

  child.on('error', () => onGone(1, null));
  child.on('exit', (code, signal) => {
    kill();
    setTimeout(onGone, LINGER_MS, code, signal).unref();
  });
  // Not at `exit`: the last answers may still be in the pipe then.
  child.on('close', onGone);
  child.stdout?.setEncoding('utf8').on('data', logs.write);
  if (host.observer !== undefined) child.stdout?.on('data', createMetricLines(host.observer.line));
  child.stderr?.setEncoding('utf8').on('data', logs.write);
  pipe.on('data', createFrameReader<ChildFrame>(onFrame));
  // A child that dies in mid-write: its exit tells what there is to tell.
  pipe.on('error', kill);
  pipe.on('close', kill);

  return {
    pid: child.pid,
    load: () => underWay.size,
    isReady: () => state === 'ready',
    lastUsedMs: () => lastUsedMs,
    kill,
    checkMemory() {
      if (state === 'gone' || child.pid === undefined) return;
      const bytes = residentBytes(child.pid) ?? 0;
      peakBytes = Math.max(peakBytes, bytes);
      if (bytes > config.memoryMiB * MIB) kill();
    },
    invoke(invocation) {
      return new Promise((resolve) => {
        const { requestId } = invocation;
        const timer = setTimeout(() => {
          logs.write(
            `${new Date().toISOString()} ${requestId} Task timed out after ${config.timeoutMs / 1000} seconds\n`,
          );
          settle(requestId, timeoutError(requestId, config.timeoutMs));
          kill();
        }, config.timeoutMs);
        underWay.set(requestId, { invocation, startedMs: performance.now(), timer, settle: resolve });
        logs.write(`START RequestId: ${requestId} Version: $LATEST\n`);
        const header = {
          id: requestId,
          arn: invocation.arn,
          deadlineMs: Date.now() + config.timeoutMs,
          clientContext: invocation.clientContext,
          bodyEncoding: invocation.body?.encoding,
          splitAnswer: invocation.splitAnswer,
        };
        frames.write(header, { payload: invocation.payload, body: invocation.body?.bytes });
      });
    },
  };
}

function answerTooLarge(bytes: number): InvocationResult {
  return functionError(
    'Function.ResponseSizeTooLarge',
    `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${ANSWER_LIMIT_BYTES} bytes).`,
  );
}
