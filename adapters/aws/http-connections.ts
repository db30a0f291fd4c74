import type { Socket } from 'node:net';
import { type HttpResponse, httpResponseReader } from './http-response.ts';

/** A request whose headers hold everything but the length. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Connections to one endpoint, kept open between requests; as many as there are requests at once. */
export function httpConnections(
  endpoint: URL,
  { timeoutMs, name }: { timeoutMs: number; name: string },
): (request: HttpRequest) => Promise<HttpResponse> {
  const idle: Socket[] = [];

  const takeIdle = (): Socket | undefined => {
    for (let socket = idle.pop(); socket !== undefined; socket = idle.pop()) if (!socket.destroyed) return socket;
    return undefined;
  };

  return (request) => {
    const text = writeRequest(request);
    return new Promise((resolve, reject) => {
      const socket = takeIdle() ?? connect(endpoint);
      const reader = httpResponseReader();
      const settle = () => {
        socket
          .removeAllListeners('data')
          .removeAllListeners('end')
          .removeAllListeners('error')
          .removeAllListeners('timeout');
        // An error of a connection that nobody uses is no news: it is destroyed then, and passed over.
        socket.on('error', () => undefined);
      };
      const fail = (error: Error) => {
        settle();
        socket.destroy();
        reject(error);
      };
      const succeed = (response: HttpResponse) => {
        settle();
        if (response.keepsOpen) {
          socket.setTimeout(0).unref();
          // Whatever comes now was not asked for, and what follows it cannot be trusted.
          socket.on('data', () => socket.destroy()).on('end', () => socket.destroy());
          idle.push(socket);
        } else socket.destroy();
        resolve(response);
      };
      socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('error');
      socket
        .on('data', (chunk: Buffer) => {
          try {
            const response = reader.push(chunk);
            if (response) succeed(response);
          } catch (error) {
            fail(error as Error);
          }
        })
        .on('end', () => {
          const response = reader.end();
          if (response) succeed(response);
          else fail(new Error(`${name} closed the connection before it had answered`));
        })
        .on('error', fail)
        .on('timeout', () => fail(new Error(`${name} sent nothing for ${timeoutMs} ms`)));
      socket.setTimeout(timeoutMs).ref();
      socket.write(text);
    });
  };
}

function connect(endpoint: URL): Socket {
  const { protocol, port } = endpoint;
  // In a URL the address of IPv6 stands in brackets.
  const host = endpoint.hostname.replace(/^\[|\]$/g, '');
  // Only the module that is needed: TLS is 8 ms that plain HTTP on one machine does not pay.
  if (protocol !== 'https:') {
    return process.getBuiltinModule('node:net').connect({ host, port: Number(port || 80), noDelay: true });
  }
  const tls = process.getBuiltinModule('node:tls');
  return tls
    .connect({ host, port: Number(port || 443), servername: host, ALPNProtocols: ['http/1.1'] })
    .setNoDelay(true);
}

function writeRequest({ method, path, headers, body }: HttpRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (/[\r\n]/.test(path) || lines.some((line) => line.indexOf('\n') !== line.length - 1)) {
    throw new Error('a line end in a request would start another one');
  }
  const length = method === 'GET' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}${length}\r\n${body}`;
}
