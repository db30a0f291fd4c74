import type { Context } from 'aws-lambda';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import { promote } from '../../../core/domain/registry/champion.ts';
import type { ArtifactStore } from '../../../core/ports/artifact-store.ts';
import type { ModelRegistry, ServiceState } from '../../../core/ports/model-registry.ts';
import type { ModelRuntime } from '../../../core/ports/model-runtime.ts';
import { countInferences } from '../../../core/usecases/count-inferences.ts';
import { createModelCache } from '../../../core/usecases/model-cache.ts';
import { createModelServer } from '../../../core/usecases/serve-models.ts';
import { createHandler, type InferHandlerDependencies } from '../../../lambdas/infer/handler.ts';
import { aDraft, aRollout } from '../../support/a-version.ts';
import { EVENT_TIME, type EventParts, httpEvent } from '../../support/http-event.ts';
import { manualTime } from '../../support/manual-time.ts';
import { memoryModelRegistry } from '../../support/memory-model-registry.ts';

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body as it goes over the wire. */
  readonly bytes: Buffer;
  readonly json: () => Record<string, unknown>;
}

export interface InferParts {
  readonly signature?: ModelVersion['signature'];
  /** What the model computes. @default - every output is the first input under the output's name */
  readonly run?: (inputs: readonly Tensor[], outputs: readonly string[]) => Tensor[] | Promise<Tensor[]>;
  readonly change?: Partial<ModelRegistry>;
  readonly capture?: InferHandlerDependencies['capture'];
  readonly metadata?: Readonly<Record<string, string>>;
}

const echo = (inputs: readonly Tensor[], outputs: readonly string[]): Tensor[] =>
  outputs.map((name) => ({ ...(inputs[0] as Tensor), name }));

/** The inference function over ports in memory, with three versions of `fraud`, of which 2 is champion, and `unused` of which none is. */
export async function openInfer({ signature, run = echo, change = {}, capture, metadata = {} }: InferParts = {}) {
  const registry = { ...memoryModelRegistry(), ...change };
  for (const service of ['fraud', 'fraud', 'fraud', 'unused']) {
    await registry.appendVersion(aDraft({ service, metadata: { ...metadata }, ...(signature && { signature }) }));
  }
  const next = promote((await registry.findService('fraud')) as ServiceState, 2, '2026-06-01T00:00:00.000Z');
  await registry.moveChampion(next, aRollout(next));
  const logged: unknown[] = [];
  let loads = 0;
  let releases = 0;
  const artifacts = { readArtifact: async () => new Uint8Array() } as unknown as ArtifactStore;
  const runtime: ModelRuntime = {
    load: async () => {
      loads += 1;
      return {
        run: async (inputs, outputs) => run(inputs, outputs),
        release: async () => {
          releases += 1;
        },
      };
    },
  };
  const handler = createHandler({
    models: countInferences(
      createModelServer({
        registry,
        cache: createModelCache({ artifacts, runtime, limitBytes: 2 ** 30 }),
        ...manualTime(),
        onFault: ({ error }) => void logged.push(error),
      }),
      { now: () => EVENT_TIME, monotonicMs: () => 0 },
    ),
    newPredictionId: () => 'fresh-id',
    log: (error) => void logged.push(error),
    logStream: 'arn:aws:logs:log-stream',
    ...(capture && { capture }),
  });

  const call = async (route: string, parts: EventParts = {}): Promise<Answer> => {
    const result = await handler(httpEvent(route, parts), { getRemainingTimeInMillis: () => 10_000 } as Context);
    const { statusCode, headers = {}, body = '' } = result;
    const bytes = Buffer.from(body, result.isBase64Encoded ? 'base64' : 'utf8');
    return { status: statusCode, headers, text: body, bytes, json: () => JSON.parse(body) as Record<string, unknown> };
  };
  return { call, logged, loads: () => loads, releases: () => releases };
}
