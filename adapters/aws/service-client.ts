import type { IncomingMessage } from 'node:http';
import { signRequest } from './signature-v4.ts';

/**
 * A few signed requests without the SDK. Loading the SDK takes 60 ms of a cold start, for two kinds of request that an
 * inference function makes; every other function uses the SDK.
 */
export interface ServiceClient {
  /** @throws when no attempt got an answer, or the last answer was a fault of the service */
  send(request: {
    method: 'GET' | 'POST';
    path: string;
    headers?: Record<string, string>;
    body?: string;
  }): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
}

export interface ServiceClientOptions {
  /** What the SDK's variables call it, and what requests are signed for. */
  readonly service: 's3' | 'dynamodb';
  /** Lambda's variables: region, credentials, and endpoints where they are not AWS's. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** How long an attempt may wait for the next byte. */
  readonly timeoutMs: number;
  readonly attempts: number;
}

const RETRY_AFTER_MS = 50;
const isRetryable = ({ status, bytes }: Answer): boolean =>
  status >= 500 ||
  status === 429 ||
  (status === 400 && bytes.includes('Thrott')) ||
  bytes.includes('ProvisionedThroughput');

export function serviceClient(options: ServiceClientOptions): ServiceClient {
  const { service, variables, now, sleep, timeoutMs, attempts } = options;
  const region = variables['AWS_REGION'] ?? '';
  const endpoint = endpointOf(service, region, variables);
  const isTls = endpoint.protocol === 'https:';
  // Only the module that is needed: TLS is 4 ms that plain HTTP on one machine does not pay.
  const { Agent, request: open } = process.getBuiltinModule(isTls ? 'node:https' : 'node:http');
  const agent = new Agent({ keepAlive: true });
  const attempt: ServiceClient['send'] = async ({ method, path, headers = {}, body = '' }) => {
    const url = new URL(path, endpoint);
    // Read at each attempt: Lambda may renew them in a process that lives long.
    const credentials = {
      accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
      sessionToken: variables['AWS_SESSION_TOKEN'],
    };
    const signed = signRequest({ method, url, headers, body }, credentials, { region, service, now: now() });
    return new Promise((resolve, reject) => {
      const request = open(url, { method, headers: signed, agent, timeout: timeoutMs }, (response) =>
        collect(response).then((bytes) => resolve({ status: response.statusCode ?? 0, bytes }), reject),
      );
      request.on('timeout', () => request.destroy(new Error(`${service} sent nothing for ${timeoutMs} ms`)));
      request.on('error', reject);
      request.end(body);
    });
  };
  return {
    async send(request) {
      for (let number = 1; ; number += 1) {
        try {
          const answer = await attempt(request);
          if (number === attempts || !isRetryable(answer)) return answer;
        } catch (error) {
          if (number === attempts) throw error;
        }
        await sleep(RETRY_AFTER_MS * number);
      }
    },
  };
}

async function collect(response: IncomingMessage): Promise<Buffer> {
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  if (length > LARGE_BYTES) return collectLarge(response, length);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

const LARGE_BYTES = 1024 * 1024;

/** Into one buffer made for it: chunks that are joined at the end would take a model's memory twice. */
async function collectLarge(response: IncomingMessage, length: number): Promise<Buffer> {
  const collected = Buffer.allocUnsafe(length);
  let at = 0;
  for await (const chunk of response) at += (chunk as Buffer).copy(collected, at);
  // An answer that ends early is an error of the connection; one that is too long, Node.js does not let through.
  return collected.subarray(0, at);
}

/** Where the SDK would look, too: a variable of the service, one for all, else AWS. */
function endpointOf(service: string, region: string, variables: ServiceClientOptions['variables']): URL {
  const given = variables[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? variables['AWS_ENDPOINT_URL'];
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(given ?? `https://${service}.${region}.${domain}`);
}
