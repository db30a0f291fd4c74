import { connect, type Socket } from 'node:net';

/** HTTP as bytes, for what no client would send. */

export interface RawAnswer {
  readonly status: number;
  /** By lower-case name; the last of several wins. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  /** In their order and as often as they stand here; `host` and `connection: close` are added. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  /** @default the body's length */
  readonly contentLength?: number | string | null;
}

/** A request as it goes over the wire. Header values are written byte by byte (latin1). */
export function requestBytes({ method = 'POST', path, headers = [], body, contentLength }: RawRequest): Buffer {
  const bytes = Buffer.from(body ?? '');
  const length = contentLength === undefined ? (body === undefined ? null : bytes.length) : contentLength;
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...(headers.some(([name]) => name.toLowerCase() === 'host') ? [] : ['host: 127.0.0.1']),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(length === null ? [] : [`content-length: ${length}`]),
    'connection: close',
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** Opens a connection, which a test closes. */
export const openSocket = (url: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const { port, hostname } = new URL(url);
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.once('error', reject);
  });

/** All that the server sends until it closes the connection; at most until the deadline. */
export const readToEnd = (socket: Socket, deadlineMs = 60_000): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end of the answer within ${deadlineMs} ms: ${Buffer.concat(chunks).subarray(0, 500)}`));
    }, deadlineMs);
    socket.on('data', (chunk) => chunks.push(chunk));
    // A reset after the answer is an end like any other.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
  });

/** Sends bytes and reads every answer until the server closes. */
export async function sendBytes(url: string, bytes: Uint8Array | string): Promise<RawAnswer[]> {
  const socket = await openSocket(url);
  const answered = readToEnd(socket);
  socket.write(bytes);
  return readAnswers(await answered);
}

/** Sends one request and reads its answer. */
export async function send(url: string, request: RawRequest): Promise<RawAnswer> {
  const [answer] = await sendBytes(url, requestBytes(request));
  if (answer === undefined) throw new Error(`${request.method ?? 'POST'} ${request.path} was not answered`);
  return answer;
}

/** Cuts what came into answers, each by its content-length; an interim answer (1xx) and a 204 have no body. */
export function readAnswers(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`no HTTP answer: ${rest.subarray(0, 200)}`);
    const [first = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.subarray(end + 4, end + 4 + length).toString('utf8');
    answers.push({ status: Number(first.split(' ')[1]), headers, body });
    rest = rest.subarray(end + 4 + length);
  }
  return answers;
}
