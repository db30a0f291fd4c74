import { httpConnections } from './http-connections.ts';
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
  const exchange = httpConnections(endpoint, { timeoutMs, name: service });
  const attempt: ServiceClient['send'] = async ({ method, path, headers = {}, body = '' }) => {
    const url = new URL(path, endpoint);
    // Read at each attempt: Lambda may renew them in a process that lives long.
    const credentials = {
      accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
      sessionToken: variables['AWS_SESSION_TOKEN'],
    };
    const signed = signRequest({ method, url, headers, body }, credentials, { region, service, now: now() });
    return exchange({ method, path: url.pathname + url.search, headers: signed, body });
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

/** Where the SDK would look, too: a variable of the service, one for all, else AWS. */
function endpointOf(service: string, region: string, variables: ServiceClientOptions['variables']): URL {
  const given = variables[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? variables['AWS_ENDPOINT_URL'];
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(given ?? `https://${service}.${region}.${domain}`);
}
