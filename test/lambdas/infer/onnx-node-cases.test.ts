import { resolve } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterAll, expect, it } from 'vitest';
import { loadOnnxruntime } from '../../../adapters/onnx/load-onnxruntime.ts';
import { onnxruntimeModelRuntime } from '../../../adapters/onnx/onnxruntime-model-runtime.ts';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import { checkInputs, chooseOutputs } from '../../../core/domain/inference/check-inputs.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import { encodeTensor } from '../../../core/domain/inference/tensor-bytes.ts';
import { halfToNumber, writeFlat } from '../../../core/domain/json/write-json.ts';
import { prepareModel } from '../../../core/domain/onnx/prepare-model.ts';
import type { LoadedModel } from '../../../core/ports/model-runtime.ts';
import { countInferences } from '../../../core/usecases/count-inferences.ts';
import type { ModelServer } from '../../../core/usecases/serve-models.ts';
import { createHandler } from '../../../lambdas/infer/handler.ts';
import { aVersion } from '../../support/a-version.ts';
import { binaryBody, readBinaryAnswer } from '../../support/binary-request.ts';
import { httpEvent } from '../../support/http-event.ts';
import { nodeCases, noOnnxTestData, readNodeCase } from '../../support/onnx-test-data.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
const runtime = onnxruntimeModelRuntime(() => loadOnnxruntime(resolve('assets')));

const opened: LoadedModel[] = [];
afterAll(() => Promise.all(opened.map((model) => model.release())));

/** The handler over one model. */
function serve(version: ModelVersion, model: LoadedModel) {
  const answering: Pick<ModelServer, 'infer'> = {
    infer: async (_target: unknown, makeInputs: Parameters<ModelServer['infer']>[1]) => {
      const { inputs, outputs } = makeInputs(version);
      checkInputs(version.signature, inputs);
      return { version, outputs: await model.run(inputs, chooseOutputs(version.signature, outputs)) };
    },
  };
  const models = answering as ModelServer;
  const handler = createHandler({
    models: countInferences(models, { now: Date.now, monotonicMs: () => 0 }),
    newPredictionId: () => 'id',
    log: () => undefined,
    logStream: '',
  });
  return (parts: Parameters<typeof httpEvent>[1]) =>
    handler(httpEvent('POST /v2/models/fraud/infer', parts), {} as Context);
}

/** What onnxruntime itself answers; undefined where it cannot run the case or answers something else than the case says. */
async function runRaw({
  model: bytes,
  inputs,
  outputs,
}: NonNullable<ReturnType<typeof readNodeCase>>): Promise<
  { model: LoadedModel; version: ModelVersion; answered: Tensor[] } | undefined
> {
  try {
    const { signature } = prepareModel(bytes);
    const model = await runtime.load(bytes, { service: 'fraud', version: 1, signature });
    opened.push(model);
    const answered = await model.run(
      inputs,
      signature.outputs.map(({ name }) => name),
    );
    const passes = outputs.every((expected, at) => isNear(expected, answered[at]));
    return passes
      ? { model, version: aVersion({ signature: signature as ModelVersion['signature'] }), answered }
      : undefined;
  } catch {
    // Operators that onnxruntime does not have, or not for this type.
    return undefined;
  }
}

const RELATIVE = 1e-3;
const ABSOLUTE = 1e-6;

function isNear(expected: Tensor, got: Tensor | undefined): boolean {
  if (!got || expected.datatype !== got.datatype || String(expected.shape) !== String(got.shape)) return false;
  const number = ({ datatype, data }: Tensor, at: number) =>
    datatype === 'FP16' ? halfToNumber(data[at] as number) : Number(data[at]);
  return Array.from<unknown>(expected.data).every((value, at) => {
    if (typeof value === 'string') return value === got.data[at];
    const [a, b] = [number(expected, at), number(got, at)];
    return Object.is(a, b) || a === b || Math.abs(a - b) <= ABSOLUTE + RELATIVE * Math.abs(a);
  });
}

it.skipIf(noOnnxTestData)(
  `answers every case of ONNX's operators that onnxruntime passes, in JSON and in binary, to the bit ${noOnnxTestData ?? ''}`,
  { timeout: 120_000 },
  async () => {
    const wrong: string[] = [];
    let passed = 0;
    for (const name of nodeCases) {
      const found = readNodeCase(name);
      const raw = found && (await runRaw(found));
      if (!raw) continue;
      const { inputs } = found;
      const { model, version, answered } = raw;
      const call = serve(version, model);
      const described = inputs.map(({ name: input, datatype, shape }) => ({ name: input, datatype, shape }));
      const parts = inputs.map(
        (tensor, at) => `${JSON.stringify(described[at]).slice(0, -1)},"data":${writeFlat(tensor)}}`,
      );
      const json = await call({ body: `{"inputs":[${parts.join(',')}]}` });
      const told = answered.map((tensor) => {
        const { name: output, datatype, shape } = tensor;
        return `${JSON.stringify({ name: output, datatype, shape }).slice(0, -1)},"data":${writeFlat(tensor)}}`;
      });
      if (json.body !== `{"model_name":"fraud","model_version":"1","outputs":[${told.join(',')}]}`) {
        wrong.push(`${name} in JSON: ${json.statusCode} ${json.body?.slice(0, 200)}`);
      }
      const binary = await call(
        binaryBody(inputs.map((tensor, at) => ({ tensor: described[at]!, bytes: encodeTensor(tensor) }))),
      );
      const bytes = Buffer.from(binary.body ?? '', 'base64');
      const { outputs } =
        binary.statusCode === 200
          ? readBinaryAnswer(bytes, Number(binary.headers?.['inference-header-content-length']))
          : { outputs: [] };
      if (!answered.every((tensor, at) => outputs[at]?.bytes?.equals(encodeTensor(tensor)))) {
        wrong.push(`${name} in binary: ${binary.statusCode} ${binary.body?.slice(0, 200)}`);
      }
      passed += 1;
    }
    expect(wrong).toEqual([]);
    // Of 932 cases in onnx 1.12; the others hold sequences, or are not for onnxruntime.
    expect(passed).toBeGreaterThan(800);
  },
);
