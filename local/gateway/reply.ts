import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { GatewayResponse } from './function-response.ts';

/** An answer of API Gateway's own. */
export const message = (statusCode: number, text: string): GatewayResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: text }),
});

/** Head and body of a small answer leave in one piece, which they do as text only; latin1 carries every byte as it is. */
const ONE_PIECE_BYTES = 64 * 1024;

/** The name is for AWS's clients, which wait and try again by it (decision 0017). */
export const TOO_MANY_REQUESTS: GatewayResponse = {
  ...message(429, 'Too Many Requests'),
  headers: { 'content-type': 'application/json', 'retry-after': '1', 'x-amzn-errortype': 'ThrottlingException' },
};

export function sendReply(request: IncomingMessage, response: ServerResponse, reply: GatewayResponse): void {
  const { statusCode, headers, body } = reply;
  const bodiless = statusCode === 204 || statusCode === 304;
  for (const name of Object.keys(headers)) response.setHeader(name, headers[name] as string | string[]);
  if (!bodiless) response.setHeader('content-length', Buffer.byteLength(body));
  response.writeHead(statusCode);
  if (bodiless || request.method === 'HEAD') response.end();
  else if (typeof body === 'string' || body.length > ONE_PIECE_BYTES) response.end(body);
  else response.end(body.toString('latin1'), 'latin1');
}

const CLIENT_ERRORS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what is no request: too slow, too large or malformed. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  end(socket, CLIENT_ERRORS[error.code ?? ''] ?? '400 Bad Request');
}

/** CONNECT asks for a proxy, which this is not. */
export const refuseTunnel = (_request: IncomingMessage, socket: Duplex): void => end(socket, '405 Method Not Allowed');

function end(socket: Duplex, status: string): void {
  const body = JSON.stringify({ message: status.slice(4) });
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}
