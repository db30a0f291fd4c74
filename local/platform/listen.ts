import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RefusedError } from '../assembly/refused-error.ts';

/** Listens and gives the URL. @throws `platform.port_in_use` */
export function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'EADDRINUSE' ? portInUse(host, port, cause) : cause);
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve(`http://${urlHost(host)}:${(server.address() as AddressInfo).port}`);
    });
  });
}

const portInUse = (host: string, port: number, cause: Error): RefusedError =>
  new RefusedError(
    'platform.port_in_use',
    `port ${port} of ${host} is in use: stop the program that holds it, or choose another port`,
    { cause },
  );

// An address that means "all of them" cannot be called.
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** 127.0.0.0/8, ::1 and `localhost`: addresses that no other machine reaches. */
export const isLoopback = (host: string): boolean =>
  /^127(\.\d+){3}$/.test(host) || host === '::1' || host === 'localhost';
