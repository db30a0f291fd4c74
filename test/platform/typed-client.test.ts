import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keelson as cli, type KeelsonProcess, startKeelson } from '../support/keelson-process.ts';
import { missing, SHARED } from '../support/shared.ts';
import { compile, importClient } from '../support/typed-client.ts';

const absent = missing('models', 'sk_titanic_zipmap.onnx');

interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: number[];
  readonly data: (number | string | boolean)[];
}

interface Module {
  readonly createClient: (options: { url: string }) => {
    infer(
      inputs: object,
    ): Promise<{ outputs: Record<string, { shape: number[]; data: unknown[] }>; modelVersion: number }>;
    predict(rows: object[]): Promise<{ predictions: Record<string, unknown>[]; modelVersion: number }>;
  };
}

const readCase = (service: string) =>
  JSON.parse(readFileSync(join(SHARED, 'models', `${service}.case.json`), 'utf8')) as { inputs: Tensor[] };

describe.skipIf(absent)(`a written client against the platform ${absent ?? ''}`, () => {
  let folder: string;
  let platform: KeelsonProcess;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-typed-client-'));
    platform = await startKeelson(folder);
  });
  afterAll(async () => {
    await platform.kill('SIGTERM');
    rmSync(folder, { recursive: true });
  });

  /** Registers a model and has its client written, which must compile. */
  async function open(service: string) {
    const model = join(SHARED, 'models', `${service}.onnx`);
    const out = join(folder, `${service}.ts`);
    expect(await cli(platform.url, 'register', service, model, '--promote')).toMatchObject({ code: 0 });
    expect(await cli(platform.url, 'client', service, '--out', out)).toMatchObject({ code: 0 });
    const source = readFileSync(out, 'utf8');
    expect(compile({ '/client.ts': source })).toEqual([]);
    const { createClient } = await importClient<Module>(source);
    return createClient({ url: platform.url });
  }

  /** The answer as it comes, for requests whose numbers plain JSON can hold. */
  async function ask(service: string, inputs: readonly Tensor[]): Promise<Tensor[]> {
    const body = JSON.stringify({ inputs });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${platform.url}/v2/models/${service}/infer`, { method: 'POST', headers, body });
    return ((await response.json()) as { outputs: Tensor[] }).outputs;
  }

  const wide = ({ datatype, data }: Tensor): unknown[] => (datatype === 'INT64' ? data.map((v) => BigInt(v)) : data);

  it('answers what the raw protocol answers: booleans, integers and a total without dimensions', async () => {
    const { inputs } = readCase('pt_mixed');
    const client = await open('pt_mixed');
    const answer = await client.infer(
      Object.fromEntries(inputs.map(({ name, shape, data }) => [name, { shape, data }])),
    );
    const raw = await ask('pt_mixed', inputs);
    expect(answer.modelVersion).toBe(1);
    expect(answer.outputs).toEqual(
      Object.fromEntries(raw.map((tensor) => [tensor.name, { shape: tensor.shape, data: wide(tensor) }])),
    );
    expect(answer.outputs['total']?.shape).toEqual([]);
  });

  it('answers row by row what the raw protocol answers: five named inputs, three of them strings', async () => {
    const { inputs } = readCase('sk_titanic_zipmap');
    const client = await open('sk_titanic_zipmap');
    const rows = (inputs[0]?.data ?? []).map((_, row) =>
      Object.fromEntries(inputs.map(({ name, data }) => [name, data[row]])),
    );
    const [labels, scores] = await ask('sk_titanic_zipmap', inputs);
    const { predictions } = await client.predict(rows);
    expect(predictions).toHaveLength(9);
    expect(predictions.map(({ output_label }) => output_label)).toEqual(wide(labels as Tensor));
    expect(predictions.flatMap(({ output_probability }) => Object.values(output_probability as object))).toEqual(
      scores?.data,
    );
  });
});
