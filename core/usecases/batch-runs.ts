import { PlatformError } from '../domain/errors.ts';
import { joinRows, splitRows } from '../domain/inference/batch-rows.ts';
import { takesBatches } from '../domain/inference/takes-batches.ts';
import type { Tensor } from '../domain/inference/tensor.ts';
import type { LoadedModel, ModelRuntime, ModelToLoad, RunOptions } from '../ports/model-runtime.ts';

export interface BatchOptions {
  /** Rows of one run at most; a request that has more by itself runs by itself. */
  readonly rowLimit: number;
  /** Resolves when the event loop has handed over what it holds already. */
  readonly turn: () => Promise<void>;
}

/** A request that waits for its run. */
interface Waiting {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly string[];
  readonly options: RunOptions | undefined;
  readonly rows: number;
  /** Requests with the same one fit into one run. */
  readonly key: string;
  readonly settle: (answer: Promise<Tensor[]> | Tensor[]) => void;
}

/**
 * A runtime like `native` whose models answer together what arrives while they are at work: rows of requests that ask for the
 * same outputs are joined along axis 0 and split again. Nobody waits for a timer: a model that is idle starts with what has
 * arrived by the end of the turn.
 *
 * Requests do not suffer for one another: where a batch fails, each of its requests runs by itself. Where it has ended the
 * model's process, each is told `infer.process_lost`, as what waits for a lost process always is, and the version is not batched
 * in this process again.
 */
export function batchRuns(native: ModelRuntime, options: BatchOptions): ModelRuntime {
  const dangerous = new Set<string>();
  return {
    async load(bytes, model, runOptions) {
      const loaded = await native.load(bytes, model, runOptions);
      const key = `${model.service}@${model.version}`;
      if (!mayBatch(model) || dangerous.has(key)) return loaded;
      return batchModel(loaded, model, { ...options, onLost: () => dangerous.add(key) });
    },
  };
}

const mayBatch = ({ signature, admission }: ModelToLoad): boolean =>
  admission?.rowsIndependent === true && takesBatches(signature);

function batchModel(
  model: LoadedModel,
  name: { service: string; version: number },
  { rowLimit, turn, onLost }: BatchOptions & { onLost: () => void },
): LoadedModel {
  const waiting: Waiting[] = [];
  let working = false;

  /** Not given to the model: it would end the process that others need, for an answer that nobody waits for. */
  const dropExpired = (): void => {
    const expired = waiting.filter((request) => remainingMs(request) <= 0);
    for (const request of expired) {
      waiting.splice(waiting.indexOf(request), 1);
      request.settle(Promise.reject(deadlineExceeded(name)));
    }
  };

  /** The oldest request and what fits beside it, in order of arrival. */
  const takeBatch = (): Waiting[] => {
    const [first] = waiting as [Waiting, ...Waiting[]];
    const batch: Waiting[] = [];
    let rows = 0;
    for (let index = 0; index < waiting.length; ) {
      const next = waiting[index] as Waiting;
      const fits =
        next === first || (next.key === first.key && rows + next.rows <= rowLimit && areAlikePatient(first, next));
      if (fits) {
        batch.push(next);
        rows += next.rows;
        waiting.splice(index, 1);
      } else index += 1;
      if (rows >= rowLimit) break;
    }
    return batch;
  };

  const runAlone = ({ inputs, outputs, options, settle }: Waiting): Promise<unknown> => {
    const answer = model.run(inputs, outputs, options);
    settle(answer);
    return answer.catch(() => undefined);
  };

  const runTogether = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const answers = await answerBatch(model, batch);
      batch.forEach(({ settle }, index) => void settle(answers[index] as Tensor[]));
    } catch (error) {
      if (model.isLost?.() === true) {
        onLost();
        for (const { settle } of batch) settle(Promise.reject(processLost(name, error)));
      } else await Promise.all(batch.map(runAlone));
    }
  };

  const work = async (): Promise<void> => {
    working = true;
    await turn();
    for (dropExpired(); waiting.length > 0; dropExpired()) {
      const batch = takeBatch();
      await (batch.length === 1 ? runAlone(batch[0] as Waiting) : runTogether(batch));
    }
    working = false;
  };

  return {
    ...model,
    run(inputs, outputs, options) {
      const rows = commonRows(inputs);
      if (rows === undefined || rows >= rowLimit) return model.run(inputs, outputs, options);
      return new Promise((settle) => {
        waiting.push({ inputs, outputs, options, rows, key: batchKey(inputs, outputs), settle });
        if (!working) void work();
      });
    },
  };
}

const remainingMs = ({ options }: Waiting): number => options?.remainingMs?.() ?? Number.POSITIVE_INFINITY;

/** The run has to end in time for the less patient of two: one that is nearly out of time would end it for both. */
const areAlikePatient = (one: Waiting, other: Waiting): boolean => {
  const [a, b] = [remainingMs(one), remainingMs(other)];
  return a <= 2 * b && b <= 2 * a;
};

/** Rows of a request; undefined where it has none, or its inputs do not agree: the model itself shall say what is wrong. */
function commonRows(inputs: readonly Tensor[]): number | undefined {
  const rows = inputs[0]?.shape[0] ?? 0;
  return rows > 0 && inputs.every(({ shape }) => shape[0] === rows) ? rows : undefined;
}

const batchKey = (inputs: readonly Tensor[], outputs: readonly string[]): string =>
  JSON.stringify([outputs, inputs.map(({ name, datatype, shape }) => [name, datatype, ...shape.slice(1)])]);

/** @returns the answer of each request @throws what the model throws, and where its outputs do not have the inputs' rows */
async function answerBatch(model: LoadedModel, batch: readonly Waiting[]): Promise<Tensor[][]> {
  const [first] = batch as readonly [Waiting, ...Waiting[]];
  const counts = batch.map(({ rows }) => rows);
  const inputs = first.inputs.map((_, index) => joinRows(batch.map((request) => request.inputs[index] as Tensor)));
  // Half of the time of the least patient one, so that each can still run by itself.
  const limitMs = () => Math.min(...batch.map(remainingMs)) / 2;
  const outputs = await model.run(inputs, first.outputs, Number.isFinite(limitMs()) ? { remainingMs: limitMs } : {});
  const parts = outputs.map((tensor) => {
    const split = splitRows(tensor, counts);
    if (split === undefined) throw new RangeError(`${tensor.name} has not as many rows as the inputs`);
    return split;
  });
  return batch.map((_, index) => parts.map((split) => split[index] as Tensor));
}

const deadlineExceeded = ({ service, version }: { service: string; version: number }) =>
  new PlatformError('infer.deadline_exceeded', {
    message: `version ${version} of ${service} was busy for as long as the caller could wait; ask less at a time, or give the service a longer timeout`,
    details: { service, version, limitMs: 0 },
  });

const processLost = ({ service, version }: { service: string; version: number }, cause: unknown) =>
  new PlatformError('infer.process_lost', {
    message: `the process that version ${version} of ${service} ran in has ended; try again`,
    details: { service, version },
    cause,
  });
