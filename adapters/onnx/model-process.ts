import { Socket } from 'node:net';
import type { ModelVersion } from '../../core/contracts/api.ts';
import type { LoadedModel } from '../../core/ports/model-runtime.ts';
import { loadOnnxruntime } from './load-onnxruntime.ts';
import { decodeTensors, encodeTensors, type ModelAnswer, type ModelRequest } from './model-messages.ts';
import { onnxruntimeModelRuntime } from './onnxruntime-model-runtime.ts';
import { createFrameReader, writeFrame } from './process-frames.ts';

/**
 * A model process: holds models for the function that started it and answers its frames, one after the other. Whatever a
 * model does to it (a crash, an endless loop, all of the memory) is seen by the function as the end of a child process.
 */

/** Unused by the library: errors are told by the function, which knows what it asked for. */
const UNNAMED: Pick<ModelVersion, 'service' | 'version' | 'signature'> = {
  service: '',
  version: 0,
  signature: { inputs: [], outputs: [] },
};

const ort = loadOnnxruntime(__dirname);
const runtime = onnxruntimeModelRuntime(() => ort);
const models = new Map<number, LoadedModel>();
const socket = new Socket({ fd: 3, readable: true, writable: true });
// The function went away: nobody is left to answer.
socket.on('close', () => process.exit(0));
socket.on('error', () => process.exit(0));

async function answer(request: ModelRequest, payload: Buffer): Promise<{ answer: ModelAnswer; chunks?: Uint8Array[] }> {
  const { id, model } = request;
  if (request.do === 'load') {
    const startedMs = performance.now();
    models.set(model, await runtime.load(payload, UNNAMED));
    return { answer: { id, loadMs: performance.now() - startedMs } };
  }
  const loaded = models.get(model);
  if (loaded === undefined) throw new Error(`no model ${model} is loaded`);
  if (request.do === 'run') {
    const { heads, chunks } = encodeTensors(
      await loaded.run(decodeTensors(request.inputs, payload), [...request.outputs]),
    );
    return { answer: { id, outputs: heads }, chunks };
  }
  models.delete(model);
  await loaded.release();
  return { answer: { id, released: true } };
}

/** The library's text is the cause of what the runtime throws. */
function textOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}

let last: Promise<void> = Promise.resolve();
socket.on(
  'data',
  createFrameReader<ModelRequest>((request, payload) => {
    last = last.then(async () => {
      try {
        const { answer: told, chunks } = await answer(request, payload);
        writeFrame(socket, told, chunks);
      } catch (error) {
        writeFrame(socket, { id: request.id, error: textOf(error) } satisfies ModelAnswer);
      }
    });
  }),
);
