import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BODY_LIMIT_BYTES } from '../../../core/contracts/limits.ts';
import { type FakeAnswer, type FakeApi, startFakeApi } from '../../support/fake-api.ts';
import { type CliOptions, onlyJson, runKeelson } from '../../support/run-cli.ts';

let api: FakeApi;
let folder: string;

beforeEach(async () => {
  api = await startFakeApi();
  folder = mkdtempSync(join(tmpdir(), 'keelson-cli-'));
});

afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

const predict = (args: readonly string[], options: CliOptions = {}) =>
  runKeelson(['predict', 'churn', ...args], { ...options, env: { KEELSON_URL: api.url } });

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** One prediction a line: the line itself, as a text. */
const echoRows = (body: string): FakeAnswer => ({
  body: JSON.stringify({ predictions: body.trimEnd().split('\n') }),
});

const PRECIOUS =
  '{"inputs":[{"name":"x","datatype":"INT64","shape":[1,2],"data":[9007199254740993,-0.0]},{"name":"y","datatype":"FP32","shape":[2],"data":[NaN,-Infinity]}]}';
const PRECIOUS_ANSWER =
  '{"model_name":"churn","model_version":"3","outputs":[{"name":"id","datatype":"INT64","shape":[1],"data":[9007199254740993]},{"name":"score","datatype":"FP64","shape":[1,3],"data":[NaN,-Infinity,1e-400]}]}';

describe('keelson predict with an Open Inference request', () => {
  it('passes numbers on as they stand, both ways', async () => {
    api.predict = () => ({ body: PRECIOUS_ANSWER });
    const { code, stdout } = await predict(['--input', file('r.json', PRECIOUS), '--json']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${PRECIOUS_ANSWER}\n` });
    expect(api.requests[0]).toMatchObject({ method: 'POST', path: '/v2/models/churn/infer', body: PRECIOUS });
    expect(api.requests[0]?.headers['content-type']).toBe('application/json');
  });

  it('asks a version by its number', async () => {
    await predict(['--input', file('r.json', PRECIOUS), '--version', '12']);
    expect(api.requests[0]?.path).toBe('/v2/models/churn/versions/12/infer');
  });

  it('keeps the answer on one line for machines, although the server broke it', async () => {
    api.predict = () => ({ body: '{\n  "outputs": [\r\n    NaN\n  ]\n}\n' });
    const { stdout } = await predict(['--input', file('r.json', PRECIOUS), '--json']);
    expect(stdout).toBe('{   "outputs": [     NaN   ] }\n');
  });

  it('shows a row a line and an output a column, and which version answered', async () => {
    api.predict = () => ({
      body: '{"outputs":[{"name":"label","datatype":"BYTES","shape":[2],"data":["no","y\\u001b[31mes"]},{"name":"id","datatype":"INT64","shape":[2,1],"data":[9007199254740993,-1]},{"name":"p","datatype":"FP32","shape":[2,2],"data":[0.7573222517967224,0.24267777800559998,NaN,-Infinity]}]}',
      headers: { 'x-keelson-model-version': '3', 'x-keelson-prediction-id': 'abc' },
    });
    const { stdout } = await predict(['--input', file('r.json', PRECIOUS)]);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'churn version 3, prediction abc',
      '',
      'ROW  label                        id  p',
      '  1  no             9007199254740993  [0.757322, 0.242678]',
      '  2  y\\u001b[31mes                -1  [NaN, -Infinity]',
    ]);
  });

  it('shows outputs of different lengths in tables of their own, and long ones in short', async () => {
    const data = Array.from({ length: 30 }, (_, i) => i);
    const tensors = [
      { name: 'one', datatype: 'INT64', shape: [], data: [7] },
      { name: 'wide', datatype: 'INT64', shape: [1, 30], data: [data] },
      { name: 'long', datatype: 'INT64', shape: [30], data },
    ];
    api.predict = () => ({ body: JSON.stringify({ outputs: tensors }) });
    const { stdout } = await predict(['--input', file('r.json', PRECIOUS)]);
    expect(stdout).toContain('ROW  one  wide\n  1    7  [0, 1, 2, 3, 4, 5, 6, 7, ... 30 values]\n');
    expect(stdout).toContain(' 20    19\n... and 10 more; --json prints all\n');
  });

  it('sends of a recorded case what belongs to a request, and not the answer it expects', async () => {
    const recorded =
      '{"name":"m","id":"7","inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[NaN]}],"outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":[2]}],"rtol":0.01}';
    await predict(['--input', file('m.case.json', recorded)]);
    expect(api.requests[0]?.body).toBe('{"id":"7","inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[NaN]}]}');
  });

  it('sends the outputs and parameters that a request asks for', async () => {
    const request =
      '{"parameters":{"a":1},"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}],"outputs":[{"name":"y"}]}';
    await predict(['--input', file('r.json', request)]);
    expect(api.requests[0]?.body).toBe(request);
  });
});

describe('keelson predict with instances', () => {
  it.each(['{"instances":[[1,NaN],[9007199254740993,2]]}', ' [[1, NaN],\n[2, 3]]'])(
    'sends %j as it stands',
    async (body) => {
      api.predict = () => ({ body: '{"predictions":[0.25,NaN]}' });
      const { stdout } = await predict(['--input', file('r.json', body)]);
      expect(api.requests[0]).toMatchObject({ path: '/endpoints/churn/invocations', body });
      expect(api.requests[0]?.headers['content-type']).toBe('application/json');
      expect(stdout).toContain('ROW  PREDICTION\n  1        0.25\n  2         NaN\n');
    },
  );

  it('shows predictions of several outputs by name', async () => {
    api.predict = () => ({ body: '{"predictions":[{"label":1,"p":[0.1,0.9]},{"label":0,"p":[0.8,0.2]}]}' });
    const { stdout } = await predict(['--input', file('r.json', '[[1]]')]);
    expect(stdout).toContain('ROW  label  p\n  1      1  [0.1, 0.9]\n  2      0  [0.8, 0.2]\n');
  });

  it('reads JSON from the standard input', async () => {
    await predict(['--input', '-'], { stdin: '\n [[1, 2]]' });
    expect(api.requests[0]).toMatchObject({ body: '\n [[1, 2]]' });
  });

  it.each([
    ['{"instances": [1, 2}', 'position 19'],
    ['{"instances": [NaN, nan]}', "Unexpected token 'a'\n"],
    ['{"instances": [NaN 1]}', 'position 19'],
    ['[01]', 'position 2'],
  ])('fails for %j, and tells where it stops being JSON', async (body, place) => {
    const { code, stderr } = await predict(['--input', file('r.json', body)]);
    expect(code).toBe(1);
    expect(stderr).toContain('r.json is not valid JSON');
    expect(stderr).toContain(place);
    expect(api.requests).toEqual([]);
  });

  it('fails with usage where a version is asked for by a route that has none', async () => {
    const { code, stderr } = await predict(['--input', file('r.json', '[[1]]'), '--version', '2']);
    expect(code).toBe(2);
    expect(stderr).toContain('--version 2 needs an Open Inference Protocol request');
    expect(api.requests).toEqual([]);
  });
});

describe('keelson predict with CSV', () => {
  it('sends rows as SageMaker takes them, and asks for JSON', async () => {
    api.predict = echoRows;
    const { code, stdout } = await predict(['--input', file('r.csv', '1,2\n3,"a,\nb"\n'), '--json']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"predictions":["1,2","3,\\"a,","b\\""]}\n' });
    expect(api.requests[0]?.path).toBe('/endpoints/churn/invocations');
    expect(api.requests[0]?.headers).toMatchObject({ 'content-type': 'text/csv', accept: 'application/json' });
  });

  it('leaves out the header, the byte order mark, blank lines and carriage returns', async () => {
    const { code } = await predict(['--input', file('r.csv', '\ufeffa,b\r\n1,2\r\n\r\n3,4'), '--header']);
    expect(code).toBe(0);
    expect(api.requests.map(({ body }) => body)).toEqual(['1,2\n3,4\n']);
  });

  it('cuts many rows into requests and joins the answers in order', async () => {
    api.predict = (body) => ({
      body: `{"predictions":[${body.trimEnd().replaceAll('\n', ',')}]}`,
      headers: { 'x-keelson-model-version': '1' },
    });
    const rows = Array.from({ length: 25 }, (_, row) => (row === 13 ? 'NaN' : `900719925474099${row % 10}`));
    const { stdout, stderr } = await predict([
      '--input',
      file('r.csv', `${rows.join('\n')}\n`),
      '--batch-rows',
      '10',
      '--json',
    ]);
    expect(api.requests.map(({ body }) => body.trimEnd().split('\n').length)).toEqual([10, 10, 5]);
    expect(stdout).toBe(`{"predictions":[${rows.join(',')}]}\n`);
    expect(stderr).toBe('');
  });

  it('keeps every request below the body limit, whatever --batch-rows says', async () => {
    api.predict = echoRows;
    const row = `${'1.25,'.repeat(200)}1`;
    const rows = 6_000;
    const input = file('r.csv', `${row}\n`.repeat(rows));
    const { stdout } = await predict(['--input', input, '--batch-rows', '100000', '--json']);
    expect(api.requests).toHaveLength(2);
    for (const { body } of api.requests) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(BODY_LIMIT_BYTES);
    expect((onlyJson(stdout) as { predictions: string[] }).predictions).toEqual(Array(rows).fill(row));
  });

  it('reads rows from the standard input', async () => {
    await predict(['--input', '-'], { stdin: '1,2\n3,4\n' });
    expect(api.requests[0]).toMatchObject({ body: '1,2\n3,4\n' });
    expect(api.requests[0]?.headers['content-type']).toBe('text/csv');
  });

  it('shows its progress on a terminal', async () => {
    api.predict = echoRows;
    const { stdout, stderr } = await predict(['--input', file('r.csv', '1\n2\n'), '--json'], { terminal: true });
    expect(stderr).toMatch(/predicting .*100% /);
    expect(onlyJson(stdout)).toEqual({ predictions: ['1', '2'] });
  });

  it('tells when a rollout took place between two requests', async () => {
    api.predict = (body) => ({
      ...echoRows(body),
      headers: { 'x-keelson-model-version': body.startsWith('1') ? '1' : '2' },
    });
    const { code, stdout, stderr } = await predict(['--input', file('r.csv', '1\n2\n'), '--batch-rows', '1']);
    expect(code).toBe(0);
    expect(stdout).toContain('churn version 1, 2\n');
    expect(stderr).toBe('keelson: a rollout took place meanwhile; versions 1 and 2 answered\n');
  });

  it('fails with the words of the SageMaker route, and guesses that a header is in the way', async () => {
    api.predict = () => ({
      status: 400,
      body: '{"Message":"\\"x\\" holds a text"}',
      headers: { 'x-amzn-errortype': 'ValidationError' },
    });
    const { code, stderr } = await predict(['--input', file('r.csv', 'age,fare\n1,2\n')]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'keelson: "x" holds a text; the first row looks like column names: --header leaves it out (ValidationError, HTTP 400)\n',
    );
    const numbers = await predict(['--input', file('n.csv', '1,x\n1,2\n')]);
    expect(numbers.stderr).toContain('column names');
    const texts = await predict(['--input', file('t.csv', 'a,1\nb,2\n')]);
    expect(texts.stderr).not.toContain('column names');
  });

  it('fails where answers cannot be joined because they are not by row', async () => {
    api.predict = () => ({ body: '{"outputs":[]}' });
    const { code, stderr } = await predict(['--input', file('r.csv', '1\n2\n'), '--batch-rows', '1']);
    expect(code).toBe(1);
    expect(stderr).toContain('a larger --batch-rows');
  });

  it.each([
    ['', [], 'the input has no rows'],
    ['a,b\n', ['--header'], 'the input has no rows below its header'],
    ['1,"2\n', [], 'the input is not valid CSV'],
  ])('fails for %j', async (content, options, message) => {
    const { code, stderr } = await predict(['--input', file('r.csv', content), ...options]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(api.requests).toEqual([]);
  });

  it('fails for a file that is missing', async () => {
    const { code, stderr } = await predict(['--input', join(folder, 'none.csv')]);
    expect(code).toBe(1);
    expect(stderr).toBe(`keelson: cannot read ${join(folder, 'none.csv')}: there is no such file\n`);
  });
});
