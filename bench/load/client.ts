import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Load, LoadResult } from './run-load.ts';

/**
 * A load generator in a process of its own: as many kept-alive connections as asked for, each of which sends the same request
 * again as soon as it has its answer. It speaks HTTP/1.1 over bare sockets, because on a machine of few cores whatever the
 * client takes is missing to the server.
 */

const load = JSON.parse(process.argv[2] ?? '') as Load;
const { hostname, port, pathname } = new URL(load.url);
const body = readFileSync(load.bodyFile);
const headers = { host: `${hostname}:${port}`, 'content-length': body.length, ...load.headers };
const request = Buffer.concat([
  Buffer.from(
    `POST ${pathname} HTTP/1.1\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`,
  ),
  body,
]);
const END_OF_HEAD = Buffer.from('\r\n\r\n');

const latenciesMs: number[] = [];
const failures = new Map<number, number>();
const startedMs = performance.now();
const endMs = startedMs + load.durationMs;
let lastMs = startedMs;

await Promise.all(Array.from({ length: load.clients }, askUntilTheEnd));
const sorted = Float64Array.from(latenciesMs).sort();
const percentile = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
const result: LoadResult = {
  requests: sorted.length,
  perSecond: (sorted.length * 1000) / (lastMs - startedMs),
  p50Ms: percentile(0.5),
  p99Ms: percentile(0.99),
  failures: Object.fromEntries(failures),
};
console.log(JSON.stringify(result));

function askUntilTheEnd(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    let sentMs = 0;
    let received: Buffer[] = [];
    let missing = Number.NaN;
    const send = (): void => {
      sentMs = performance.now();
      received = [];
      missing = Number.NaN;
      socket.write(request);
    };
    const answered = (): void => {
      lastMs = performance.now();
      latenciesMs.push(lastMs - sentMs);
      if (lastMs < endMs) send();
      else socket.end(resolve);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${load.url} closed the connection`)));
    socket.on('data', (chunk) => {
      if (Number.isNaN(missing)) {
        received.push(chunk);
        const all = received.length === 1 ? chunk : Buffer.concat(received);
        const end = all.indexOf(END_OF_HEAD);
        if (end < 0) return;
        const head = all.toString('latin1', 0, end);
        const status = Number(head.slice(9, 12));
        if (status !== 200) failures.set(status, (failures.get(status) ?? 0) + 1);
        const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
        if (Number.isNaN(length)) return void reject(new Error(`${load.url} answers without content-length`));
        missing = length - (all.length - end - END_OF_HEAD.length);
      } else missing -= chunk.length;
      if (missing === 0) answered();
    });
  });
}
