import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { PlatformError } from '../../core/domain/errors.ts';
import type { Tensor } from '../../core/domain/inference/tensor.ts';
import { decodeTensors, encodeTensors, type ModelAnswer, type ModelRequest } from './model-messages.ts';
import { createFrameReader, writeFrame } from './process-frames.ts';
import { processMemory } from './process-memory.ts';

/** Whose model a request is for: named in its errors. */
export interface ModelName {
  readonly service: string;
  readonly version: number;
}

/** One model process as its function sees it. Requests are answered in their order. */
export interface ModelProcessClient {
  isAlive(): boolean;
  /** @returns how long the library took to load it */
  load(model: number, bytes: Uint8Array, call: ModelCall): Promise<{ loadMs: number }>;
  run(
    model: number,
    request: { inputs: readonly Tensor[]; outputs: readonly string[] },
    call: ModelCall,
  ): Promise<Tensor[]>;
  /** Does nothing in a process that has ended. */
  release(model: number, name: ModelName): Promise<void>;
  /** Memory of the process, in bytes; undefined where the system does not tell. */
  memory(): { residentBytes: number; peakBytes: number } | undefined;
  /** Ends the process; what is under way fails with `infer.process_lost`. */
  kill(): void;
}

export interface ModelCall {
  readonly name: ModelName;
  /** How long it may take from now on. @default - for ever */
  readonly limitMs?: number | undefined;
}

interface Pending {
  readonly name: ModelName;
  readonly startedMs: number;
  readonly limitMs: number;
  resolve(answer: { answer: ModelAnswer; payload: Buffer }): void;
  reject(error: PlatformError): void;
  /** Rejected already, because its caller could not wait; its answer is dropped when it comes. */
  abandoned?: true;
}

type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

/** How often time and memory are looked at while there is work. */
const LOOK_EVERY_MS = 10;
const BYTES_PER_MIB = 1024 * 1024;
/** What of the library's last words goes to the log. */
const COMPLAINT_CHARACTERS = 2_000;
const OUT_OF_MEMORY = /bad_alloc|bad allocation|failed to allocate memory|out of memory/i;

export function modelProcessClient(
  child: ChildProcess,
  { memoryMiB }: { memoryMiB: number | undefined },
): ModelProcessClient {
  const socket = child.stdio[3] as Socket;
  // In order of insertion, which is the order in which they are answered: the first is the one that the process works on.
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let alive = true;
  let complaint = '';
  let looking: NodeJS.Timeout | undefined;
  /** Why this end killed it. */
  let verdict: 'deadline' | 'memory' | 'killed' | undefined;

  const stop = (why: typeof verdict) => {
    if (!alive) return;
    verdict = why;
    child.kill('SIGKILL');
    // Told at once: a process with gigabytes takes a while to go, and its callers have no time left. One that ended by itself
    // is told at its close, when its last words are there.
    if (why !== undefined) finish('SIGKILL');
    alive = false;
  };

  const look = () => {
    const [first] = pending.values();
    if (first === undefined) {
      clearInterval(looking);
      looking = undefined;
      return;
    }
    const nowMs = performance.now();
    for (const call of pending.values()) {
      if (call.abandoned || nowMs - call.startedMs < call.limitMs) continue;
      if (call === first) return stop('deadline');
      // Its turn has not come: another one's model is at work, and may answer yet.
      call.abandoned = true;
      call.reject(deadlineExceeded(call));
    }
    if (memoryMiB === undefined || child.pid === undefined) return;
    const memory = processMemory(child.pid);
    if (memory && memory.residentBytes > memoryMiB * BYTES_PER_MIB) stop('memory');
  };

  const send = (
    request: WithoutId<ModelRequest>,
    chunks: readonly Uint8Array[],
    { name, limitMs = Number.POSITIVE_INFINITY }: ModelCall,
  ): Promise<{ answer: ModelAnswer; payload: Buffer }> => {
    if (!alive) return Promise.reject(processLost(name));
    return new Promise((resolve, reject) => {
      const id = nextId;
      nextId += 1;
      pending.set(id, { name, limitMs, startedMs: performance.now(), resolve, reject });
      // Keeps the event loop alive while there is work, which the process itself does not.
      looking ??= setInterval(look, LOOK_EVERY_MS);
      writeFrame(socket, { ...request, id }, chunks);
    });
  };

  const ask = async (...call: Parameters<typeof send>): Promise<{ answer: ModelAnswer; payload: Buffer }> => {
    const told = await send(...call);
    const [, , { name }] = call;
    if (!('error' in told.answer)) return told;
    const cause = new Error(told.answer.error);
    throw OUT_OF_MEMORY.test(told.answer.error) && memoryMiB !== undefined
      ? outOfMemory(name, memoryMiB, cause)
      : modelFailed(name, call[0].do === 'load' ? 'cannot be loaded' : 'failed on this input', cause);
  };

  socket.on(
    'data',
    createFrameReader<ModelAnswer>((answer, payload) => {
      const call = pending.get(answer.id);
      pending.delete(answer.id);
      if (call && !call.abandoned) call.resolve({ answer, payload });
    }),
  );
  // The other end has gone by itself: whose request it was is told at its close.
  socket.on('error', () => stop(undefined));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-COMPLAINT_CHARACTERS);
  });
  child.on('error', (error) => {
    complaint += String(error);
    finish(null);
  });
  // Not at `exit`: its last answers may still be in the pipe then.
  child.on('close', (_code, signal) => finish(signal));

  /** The first of what is under way is what ended the process; the others only lost it. */
  function finish(signal: NodeJS.Signals | null) {
    alive = false;
    clearInterval(looking);
    const [first, ...others] = pending.values();
    pending.clear();
    for (const call of others) if (!call.abandoned) call.reject(processLost(call.name));
    if (first && !first.abandoned) first.reject(blame(first, signal));
  }

  function blame(call: Pending, signal: NodeJS.Signals | null): PlatformError {
    if (verdict === 'killed') return processLost(call.name);
    if (verdict === 'deadline') return deadlineExceeded(call);
    const cause = new Error(`the model process ended (${signal ?? 'exit'}): ${complaint.trim()}`);
    const memory = verdict === 'memory' || OUT_OF_MEMORY.test(complaint);
    return memory && memoryMiB !== undefined
      ? outOfMemory(call.name, memoryMiB, cause)
      : modelCrashed(call.name, cause);
  }

  return {
    isAlive: () => alive,
    async load(model, bytes, call) {
      const { answer } = await ask({ do: 'load', model }, [bytes], call);
      return { loadMs: 'loadMs' in answer ? answer.loadMs : Number.NaN };
    },
    async run(model, { inputs, outputs }, call) {
      const { heads, chunks } = encodeTensors(inputs);
      const { answer, payload } = await ask({ do: 'run', model, inputs: heads, outputs }, chunks, call);
      return 'outputs' in answer ? decodeTensors(answer.outputs, payload) : [];
    },
    async release(model, name) {
      if (alive) await ask({ do: 'release', model }, [], { name });
    },
    memory: () => (child.pid === undefined ? undefined : processMemory(child.pid)),
    kill: () => stop('killed'),
  };
}

// The causes are for the log alone: the library's text holds source paths.
const modelFailed = ({ service, version }: ModelName, what: string, cause: Error) =>
  new PlatformError('infer.model_failed', {
    message: `version ${version} of ${service} ${what}`,
    details: { service, version },
    cause,
  });

const modelCrashed = ({ service, version }: ModelName, cause: Error) =>
  new PlatformError('infer.model_crashed', {
    message: `version ${version} of ${service} ended its process on this request; send another input, or roll out another version`,
    details: { service, version },
    cause,
  });

const outOfMemory = ({ service, version }: ModelName, limitMiB: number, cause: Error) =>
  new PlatformError('infer.model_out_of_memory', {
    message: `version ${version} of ${service} needed more than the ${limitMiB} MiB that its process may take; send fewer rows, or give the service more memory`,
    details: { service, version, limitMiB },
    cause,
  });

const deadlineExceeded = ({ name: { service, version }, limitMs }: Pending) =>
  new PlatformError('infer.deadline_exceeded', {
    message: `version ${version} of ${service} did not answer within ${Math.round(limitMs)} ms; send fewer rows, or give the service a longer timeout`,
    details: { service, version, limitMs },
  });

const processLost = ({ service, version }: ModelName) =>
  new PlatformError('infer.process_lost', {
    message: `the process that version ${version} of ${service} ran in has ended; try again`,
    details: { service, version },
  });
