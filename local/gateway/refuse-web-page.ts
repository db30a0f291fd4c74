import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Methods by which a page can ask but change nothing; what they answer, the browser shows to no page without CORS. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Why a request seems to come from a web page of the same browser rather than from a program on this machine. Whoever runs
 * without a token trusts the machine, not the pages that are open on it: a page may send requests to loopback, and one
 * whose name suddenly means 127.0.0.1 (DNS rebinding) may even read what comes back. A browser always says which host it
 * means, and which page changes something.
 *
 * @param isAllowed whether the API's own CORS configuration lets an origin in
 * @returns undefined where nothing speaks against the request
 */
export function refuseWebPage(
  { method = 'GET', headers: { host, origin } }: Pick<IncomingMessage, 'method' | 'headers'>,
  isAllowed: (origin: string) => boolean,
): string | undefined {
  if (host !== undefined && !isLocalHost(host)) {
    return 'Forbidden: without a token only 127.0.0.1 and localhost are answered; start with --token to be called by another name';
  }
  if (origin === undefined || READING.has(method) || origin === `http://${host}` || isAllowed(origin)) return undefined;
  return 'Forbidden: a web page of another origin may change nothing here; allow it by the CORS configuration of the API';
}

/** A name or address that never leaves this machine, with or without a port. */
function isLocalHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    (isIP(name) === 4 && name.startsWith('127.'))
  );
}
