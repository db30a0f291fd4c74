import { execFileSync, spawnSync } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { httpConnections } from '../../../adapters/aws/http-connections.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', () => done()));
  closers.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Connections to node's own server, and how many of them there have been. */
async function served(listener: RequestListener) {
  const server = createServer({ keepAlive: true }, listener);
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    closers.push(() => socket.destroy());
  });
  const endpoint = new URL(`http://127.0.0.1:${await listening(server)}`);
  return { send: httpConnections(endpoint, { timeoutMs: 1_000, name: 's3' }), connections: () => connections };
}

const get = (path = '/') => ({ method: 'GET', path, headers: { host: 'x' }, body: '' }) as const;

describe('httpConnections', () => {
  it('sends what it is given and reads what comes back', async () => {
    const { send } = await served(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, url, headers } = request;
      response.writeHead(201).end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
    });
    const answer = await send({
      method: 'POST',
      path: '/a?b=c',
      headers: { host: 'registry', 'x-amz-target': 'T' },
      body: '{"é":1}',
    });
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.bytes.toString())).toEqual({
      method: 'POST',
      url: '/a?b=c',
      headers: { host: 'registry', 'x-amz-target': 'T', 'content-length': '8' },
      body: '{"é":1}',
    });
  });

  it('reads a body of megabytes, by its length or in chunks', async () => {
    const body = Buffer.alloc(3_000_001, 'abc');
    const { send } = await served((request, response) => {
      if (request.url === '/chunks') response.write(body.subarray(0, 1_000_000));
      response.end(request.url === '/chunks' ? body.subarray(1_000_000) : body);
    });
    expect((await send(get('/chunks'))).bytes.equals(body)).toBe(true);
    expect((await send(get('/length'))).bytes.equals(body)).toBe(true);
  });

  it('uses a connection again, and opens more for requests at once', async () => {
    const { send, connections } = await served((_request, response) => setTimeout(() => response.end('x'), 20));
    for (let i = 0; i < 3; i += 1) await send(get());
    expect(connections()).toBe(1);
    await Promise.all([send(get()), send(get()), send(get())]);
    expect(connections()).toBe(3);
  });

  it('opens another connection where the other side closes', async () => {
    const { send, connections } = await served((_request, response) => response.setHeader('connection', 'close').end());
    for (let i = 0; i < 3; i += 1) await send(get());
    expect(connections()).toBe(3);
  });

  it('passes a connection over that was closed while nobody used it', async () => {
    const sockets: Socket[] = [];
    const { send } = await served((request, response) => {
      sockets.push(request.socket);
      response.end('x');
    });
    await send(get());
    sockets[0]?.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await send(get())).bytes.toString()).toBe('x');
  });

  const noOpenssl = spawnSync('openssl', ['version']).error !== undefined;
  it.skipIf(noOpenssl)(
    'speaks TLS, and fails (where openssl is installed) for a certificate that nobody vouches for',
    async () => {
      const pem = execFileSync('openssl', [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', '-', '-out', '-'],
      ]);
      const port = await listening(createTlsServer({ key: pem, cert: pem }, (_request, response) => response.end('x')));
      const send = httpConnections(new URL(`https://localhost:${port}`), { timeoutMs: 1_000, name: 's3' });
      await expect(send(get())).rejects.toThrow('self-signed certificate');
      const usual = getCACertificates('default');
      closers.push(() => setDefaultCACertificates(usual));
      setDefaultCACertificates([pem.toString()]);
      expect((await send(get())).bytes.toString()).toBe('x');
    },
  );

  it.each([
    ['nobody listens', undefined, 'ECONNREFUSED'],
    [
      'it is closed before the answer',
      (socket: Socket) => socket.end(),
      'closed the connection before it had answered',
    ],
    ['it is reset', (socket: Socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['nothing comes', () => undefined, 's3 sent nothing for 50 ms'],
    ['something else comes', (socket: Socket) => socket.write('220 smtp\r\n\r\n'), 'the response is not HTTP/1.1'],
  ])('fails where %s', async (_, answer, problem) => {
    const server = createTcpServer((socket) => {
      closers.push(() => socket.destroy());
      socket.on('error', () => undefined).once('data', () => answer?.(socket));
    });
    const port = await listening(server);
    if (answer === undefined) await new Promise((done) => server.close(done));
    const send = httpConnections(new URL(`http://127.0.0.1:${port}`), { timeoutMs: 50, name: 's3' });
    await expect(send(get())).rejects.toThrow(problem);
  });

  it.each([
    { ...get(), path: '/x\r\nhost: y' },
    { ...get(), headers: { host: 'x\r\ny: z' } },
  ])('fails for a line end in a request, before anything is sent', ({ ...request }) => {
    const send = httpConnections(new URL('http://127.0.0.1:1'), { timeoutMs: 50, name: 's3' });
    expect(() => send(request)).toThrow('a line end in a request would start another one');
  });
});
