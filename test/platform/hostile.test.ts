import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postJson, register } from '../support/api-calls.ts';
import {
  HOSTILE_CONTROL,
  HOSTILE_FORMATS,
  HOSTILE_PATHS,
  HOSTILE_TENSORS,
  type HostileRequest,
  hostileBodies,
  PROTOCOLS,
  SECRET,
} from '../support/hostile-requests.ts';
import { type KeelsonProcess, startKeelson } from '../support/keelson-process.ts';
import { offsetModel, offsetRequest } from '../support/offset-model.ts';
import { openSocket, type RawAnswer, readToEnd, requestBytes, send, sendBytes } from '../support/raw-http.ts';

/** What nobody outside may learn of the inside. */
const LEAKS = [
  SECRET,
  process.cwd(),
  tmpdir(),
  /\bat .+:\d+:\d+/,
  /node_modules|node:internal|file:\/\//,
  /\.(cc|h|cpp|ts|cjs|mjs):\d+/,
  /onnxruntime|std::|Ort::|0x[0-9a-f]{6,}/i,
  /\b(TypeError|RangeError|SyntaxError|ZodError)\b/,
];

const leaksOf = ({ body }: RawAnswer) =>
  LEAKS.filter((leak) => (typeof leak === 'string' ? body.includes(leak) : leak.test(body)));

/** An error's shape, by the path that was asked. */
function expectFailure(answer: RawAnswer, path: string, status: number): void {
  expect([answer.status, answer.status === status ? '' : answer.body.slice(0, 300)]).toEqual([status, '']);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.body.length).toBeLessThan(10_000);
  expect(leaksOf(answer)).toEqual([]);
  const isPrediction = /\/infer$|:predict$|\/invocations$/.test(path) && status !== 404;
  if (isPrediction) expect(answer.headers['x-keelson-prediction-id']).toMatch(/^[\x20-\x7e]{1,256}$/);
  const error = JSON.parse(answer.body) as Record<string, unknown>;
  if (path.startsWith('/endpoints/')) {
    expect(error).toEqual({ Message: expect.stringMatching(/./) });
    expect(answer.headers['x-amzn-errortype']).toMatch(/^[A-Za-z]+$/);
  } else if (path.startsWith('/models/')) {
    expect(error).toEqual({ error_code: expect.stringMatching(/^[A-Z_]+$/), message: expect.stringMatching(/./) });
  } else {
    // The control API tells details, too.
    expect(error).toMatchObject({
      error: expect.stringMatching(/./),
      code: expect.stringMatching(/^[a-z]+\.[a-z_]+$/),
    });
  }
}

/** What the gateway answers itself, before any function is asked. */
function expectRefusal(answer: RawAnswer | undefined, status: number): void {
  expect(answer?.status).toBe(status);
  expect(JSON.parse(answer?.body ?? '')).toEqual({ message: expect.any(String) });
}

describe('hostile input, against the platform as a user runs it', () => {
  let folder: string;
  let platform: KeelsonProcess;
  let health: ReturnType<typeof watchHealth>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keelson-hostile-'));
    platform = await startKeelson(folder);
    expect(await register(platform.url, 'offset', offsetModel(1))).toBe(1);
    await postJson(`${platform.url}/api/services/offset/rollouts`, { version: 1 });
    health = watchHealth(platform.url);
    await sleep(500);
    health.mark();
  });
  afterAll(async () => {
    await health?.stop();
    await platform.kill('SIGTERM');
    rmSync(folder, { recursive: true });
  });

  const expectServing = async () => {
    const answer = await fetch(`${platform.url}/v2/models/offset/infer`, offsetRequest(41));
    expect(await answer.json()).toMatchObject({ outputs: [{ data: [42] }] });
  };
  const refuses = async ({ request, status }: HostileRequest) => {
    const answer = await send(platform.url, request);
    expectFailure(answer, request.path, status);
    await expectServing();
  };

  describe.each(PROTOCOLS)('$name', (protocol) => {
    it.each(hostileBodies(protocol))('fails for $what', refuses);
  });
  describe('tensors', () => {
    it.each(HOSTILE_TENSORS)('fails for $what', refuses);
  });
  describe('formats', () => {
    it.each(HOSTILE_FORMATS)('fails for $what', refuses);
  });
  describe('the control API', () => {
    it.each(HOSTILE_CONTROL)('fails for $what', refuses);
  });
  describe('names', () => {
    it.each(HOSTILE_PATHS)('fails for $what', refuses);
  });

  it.each(PROTOCOLS)('takes NaN, infinity and −0 for what they are, by $name', async ({ path, body }) => {
    const headers = [['content-type', 'application/json']] as const;
    const ask = async (value: string) => (await send(platform.url, { path, headers, body: body(`[[${value}]]`) })).body;
    expect(await ask('NaN')).toMatch(/\[NaN\]/);
    expect(await ask('Infinity')).toMatch(/\[Infinity\]/);
    expect(await ask('-Infinity')).toMatch(/\[-Infinity\]/);
    expect(await ask('-0')).toMatch(/\[1\]/);
    expect(await ask('-0.0')).toMatch(/\[1\]/);
  });

  it('ignores 300,000 parameters that nobody knows', async () => {
    const parameters = Array.from({ length: 300_000 }, (_, at) => `"k${at}":0`).join(',');
    const body = `{"inputs":[{"name":"x","shape":[1,1],"datatype":"FP32","data":[1]}],"parameters":{${parameters}}}`;
    const answer = await send(platform.url, { path: '/v2/models/offset/infer', body });
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('"data":[2]')]);
  });

  describe('what is hardly HTTP', () => {
    const infer = '/v2/models/offset/infer';
    const good = goodBody;
    const hidden = 'GET /v2/models/offset HTTP/1.1\r\nhost: a\r\n\r\n';
    const post = (headers: string, body: string) =>
      `POST ${infer} HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}\r\n\r\n${body}`;

    it.each([
      ['two different lengths', post(`content-length: ${good.length}\r\ncontent-length: 5`, good)],
      ['a length and chunks', post('content-length: 5\r\ntransfer-encoding: chunked', `0\r\n\r\n${hidden}`)],
      ['chunks and a length', post('transfer-encoding: chunked\r\ncontent-length: 5', `0\r\n\r\n${hidden}`)],
      ['an encoding that hides chunks', post('transfer-encoding: xchunked', `0\r\n\r\n${hidden}`)],
      ['chunks that are not the last encoding', post('transfer-encoding: chunked, gzip', `0\r\n\r\n${hidden}`)],
      ['a space before the colon', post('content-length : 5', hidden)],
      ['a length with a sign', post('content-length: +5', hidden)],
      ['a negative length', post('content-length: -5', hidden)],
      ['a length in hexadecimal', post('content-length: 0x5', hidden)],
      ['a length beyond all numbers', post('content-length: 99999999999999999999999', hidden)],
      ['two lengths in one', post('content-length: 5, 5', hidden)],
      ['a chunk without a size', post('transfer-encoding: chunked', `zz\r\nabc\r\n0\r\n\r\n${hidden}`)],
      ['a chunk that is longer than it says', post('transfer-encoding: chunked', `1\r\nabc\r\n0\r\n\r\n${hidden}`)],
      ['a chunk size beyond all numbers', post('transfer-encoding: chunked', `${'f'.repeat(30)}\r\nabc\r\n${hidden}`)],
      ['a NUL in a header', post('x-a: a\0b\r\ncontent-length: 0', '')],
      ['a carriage return in a header', post('x-a: a\rb\r\ncontent-length: 0', '')],
      ['a header without a colon', post('hello', '')],
      ['a header that goes on in the next line', post('x-a: a\r\n b: c\r\ncontent-length: 0', '')],
      ['a method that nobody knows', `FOO ${infer} HTTP/1.1\r\nhost: a\r\n\r\n`],
      ['a version that nobody knows', `GET ${infer} HTTP/9.9\r\nhost: a\r\n\r\n`],
      ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['no host', 'GET /v2 HTTP/1.1\r\nconnection: close\r\n\r\n'],
      ['a space in the path', 'GET /v2 /models HTTP/1.1\r\nhost: a\r\n\r\n'],
      ['TLS', Buffer.from('16030100a5010000a10303', 'hex')],
    ])('fails for %s, and answers nothing behind it', async (_what, bytes) => {
      const answers = await sendBytes(platform.url, bytes);
      expect(answers.length).toBe(1);
      expectRefusal(answers[0], 400);
      await expectServing();
    });

    it.each([
      ['a stray percent sign', '/v2/models/a%zz', 400],
      ['bytes that are no UTF-8', '/v2/models/%ff%fe', 400],
      ['bytes of an overlong dot', '/v2/models/%c0%ae%c0%ae', 400],
      ['another server', 'http://elsewhere.example/v2', 400],
      ['all of the server', '*', 400],
    ])('fails for a path of %s', async (_what, path, status) => {
      const [answer] = await sendBytes(
        platform.url,
        `OPTIONS ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`,
      );
      expectRefusal(answer, status);
    });

    it('fails a proxy’s question for a tunnel', async () => {
      const [answer] = await sendBytes(platform.url, 'CONNECT example.org:443 HTTP/1.1\r\nhost: example.org\r\n\r\n');
      expectRefusal(answer, 405);
      await expectServing();
    });

    it('fails for headers beyond 10 KiB', async () => {
      const answer = await send(platform.url, { path: infer, headers: [['x-big', 'a'.repeat(12_000)]], body: good });
      expectRefusal(answer, 431);
    });

    it('fails for a thousand headers', async () => {
      const headers = Array.from({ length: 1000 }, (_, at) => [`x-${at}`, 'some value'] as const);
      expectRefusal(await send(platform.url, { path: infer, headers, body: good }), 431);
    });

    it('fails for an expectation that nobody can meet', async () => {
      const answer = await send(platform.url, { path: infer, headers: [['expect', 'a miracle']], body: good });
      expectRefusal(answer, 417);
    });

    it('lets a client go on that asks first', async () => {
      const socket = await openSocket(platform.url);
      const answered = readToEnd(socket);
      const [head, body] = splitHead(requestBytes({ path: infer, headers: [['expect', '100-continue']], body: good }));
      socket.write(head);
      await new Promise((resolve) => socket.once('data', resolve));
      socket.write(body);
      const text = (await answered).toString();
      expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
      expect(text).toContain('"data":[2]');
    });

    it('answers requests sent in one go in their order', async () => {
      const one = (x: number) => {
        const body = good.replace('"data":[1]', `"data":[${x}]`);
        return `POST ${infer} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${body.length}\r\n${x === 50 ? 'connection: close\r\n' : ''}\r\n${body}`;
      };
      const requests = Array.from({ length: 50 }, (_, at) => one(at + 1)).join('');
      const answers = await sendBytes(platform.url, requests);
      expect(answers.map(({ body }) => JSON.parse(body).outputs[0].data[0])).toEqual(
        Array.from({ length: 50 }, (_, at) => at + 2),
      );
    });

    it('takes a body in chunks of one byte, with extensions and a trailer', async () => {
      const chunks = [...good].map((character) => `1;ext="a;b"\r\n${character}\r\n`).join('');
      const request = post('transfer-encoding: chunked\r\nconnection: close', `${chunks}0\r\nx-trailer: a\r\n\r\n`);
      const [answer] = await sendBytes(platform.url, request);
      expect([answer?.status, answer?.body]).toEqual([200, expect.stringContaining('"data":[2]')]);
    });

    it('goes on after clients that say more than they send', async () => {
      for (const contentLength of [good.length + 1, 3 * 1024 * 1024]) {
        const socket = await openSocket(platform.url);
        socket.write(requestBytes({ path: infer, body: good, contentLength }));
        socket.end();
        await readToEnd(socket);
      }
      await expectServing();
    });

    it('does not wait for what is beyond every limit', async () => {
      const headers = [['content-type', 'application/json']] as const;
      const socket = await openSocket(platform.url);
      const answered = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
      socket.write(requestBytes({ path: infer, headers, body: good, contentLength: 5_000_000_000 }));
      expect(await answered).toMatch(/^HTTP\/1\.1 413 /);
      socket.destroy();
    });
  });

  it('answers while 1,000 connections hold their headers back, and ends them', async () => {
    const sockets = await Promise.all(Array.from({ length: 1000 }, () => openSocket(platform.url)));
    const ends = sockets.map((socket) => readToEnd(socket));
    for (const socket of sockets) socket.write(`POST /v2/models/offset/infer HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a: `);
    // A byte now and then is no reason to wait longer.
    const drip = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('a');
    }, 1000);
    for (let turn = 0; turn < 10; turn += 1) await expectServing();
    const answers = await Promise.all(ends);
    clearInterval(drip);
    expect(new Set(answers.map((bytes) => bytes.toString().split('\r\n')[0]))).toEqual(
      new Set(['HTTP/1.1 408 Request Timeout']),
    );
  });

  it('answers while 300 connections hold their bodies back', async () => {
    const head = requestBytes({ path: '/v2/models/offset/infer', body: '{', contentLength: 1000 });
    const sockets = await Promise.all(Array.from({ length: 300 }, () => openSocket(platform.url)));
    for (const socket of sockets) socket.on('error', () => undefined).write(head);
    for (let turn = 0; turn < 10; turn += 1) await expectServing();
    for (const socket of sockets) socket.destroy();
    await expectServing();
  });

  it('answers a crowd of 400 large bodies, or says when to come again', async () => {
    const body = Buffer.alloc(4_000_000, ' ');
    body.write(goodBody);
    const request = requestBytes({
      path: '/v2/models/offset/infer',
      headers: [['content-type', 'application/json']],
      body,
    });
    const answers = await Promise.all(Array.from({ length: 400 }, () => sendBytes(platform.url, request)));
    const counts = Map.groupBy(answers.flat(), ({ status }) => status);
    console.log(`hostile: of 400 bodies of 4 MB ${[...counts].map(([status, { length }]) => `${length} × ${status}`)}`);
    console.log(`hostile: memory after the crowd ${describeMemory(memoryOf(platform))}`);
    expect([...counts.keys()].filter((status) => status !== 200 && status !== 429)).toEqual([]);
    expect(counts.get(200)?.length).toBeGreaterThan(0);
    for (const { headers } of counts.get(429) ?? []) expect(headers['retry-after']).toBe('1');
    // 256 MiB of bodies, and what the engine has not yet cleared away.
    expect(memoryOf(platform).get('platform')).toBeLessThan(1024);
    await expectServing();
  });

  it('keeps its memory through 2,000 hostile requests', async () => {
    const corpus = [...PROTOCOLS.flatMap(hostileBodies), ...HOSTILE_TENSORS, ...HOSTILE_FORMATS];
    const bytes = corpus.map(({ request }) => requestBytes(request));
    const sendAll = async (count: number) => {
      let next = 0;
      const sender = async () => {
        while (next < count) await sendBytes(platform.url, bytes[next++ % bytes.length] as Buffer);
      };
      await Promise.all(Array.from({ length: 4 }, sender));
    };
    await sendAll(bytes.length);
    const before = memoryOf(platform);
    await sendAll(2000);
    const after = memoryOf(platform);
    console.log(`hostile: memory before ${describeMemory(before)}, after 2,000 requests ${describeMemory(after)}`);
    expect(totalMiB(after)).toBeLessThan(totalMiB(before) * 1.5 + 200);
    await expectServing();
  }, 300_000);

  it('has answered the question for its health all the while', async () => {
    const { failed, quiet, busy } = await health.stop();
    console.log(`hostile: health quiet ${describeTimes(quiet)}, under fire ${describeTimes(busy)}`);
    expect(failed).toEqual([]);
    expect(busy.length).toBeGreaterThan(100);
  });
});

const goodBody = '{"inputs":[{"name":"x","shape":[1,1],"datatype":"FP32","data":[1]}]}';

const splitHead = (bytes: Buffer): [Buffer, Buffer] => {
  const end = bytes.indexOf('\r\n\r\n') + 4;
  return [bytes.subarray(0, end), bytes.subarray(end)];
};

const HEALTH_DEADLINE_MS = 10_000;

/** Asks for the platform's health again and again on connections of its own. */
function watchHealth(url: string) {
  const quiet: number[] = [];
  const busy: number[] = [];
  const failed: string[] = [];
  let times = quiet;
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      const start = performance.now();
      try {
        const answer = await fetch(`${url}/v2/health/live`, { signal: AbortSignal.timeout(HEALTH_DEADLINE_MS) });
        if (answer.status !== 200) failed.push(`${answer.status} ${await answer.text()}`);
        await answer.text();
      } catch (error) {
        failed.push(String(error));
      }
      times.push(performance.now() - start);
      await sleep(50);
    }
  })();
  return {
    /** From here on it is no longer quiet. */
    mark: () => {
      times = busy;
    },
    async stop() {
      stopped = true;
      await loop;
      return { failed, quiet, busy };
    },
  };
}

const describeTimes = (times: readonly number[]): string => {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms (${sorted.length})`;
};

/** Resident MiB of the platform and of every process that it has started. */
function memoryOf({ child }: KeelsonProcess): ReadonlyMap<string, number> {
  const parents = new Map<number, number>();
  const resident = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      parents.set(Number(name), Number(/PPid:\s+(\d+)/.exec(status)?.[1]));
      resident.set(Number(name), Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It ended meanwhile.
    }
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === child.pid || isOurs(parents.get(pid)));
  return new Map(
    [...resident]
      .filter(([pid]) => isOurs(pid))
      .map(([pid, mib]) => [pid === child.pid ? 'platform' : String(pid), mib]),
  );
}

const totalMiB = (memory: ReadonlyMap<string, number>): number =>
  [...memory.values()].reduce((sum, mib) => sum + mib, 0);

const describeMemory = (memory: ReadonlyMap<string, number>): string =>
  [...memory].map(([name, mib]) => `${name} ${Math.round(mib)} MiB`).join(', ');
