import type { IncomingMessage } from 'node:http';
import type { LocalService } from './service.ts';

/** Stands behind `AWS_ENDPOINT_URL`: answers every service that is not there with an error that names service and operation. */
export function createUnavailableService(available: () => readonly string[]): LocalService {
  return {
    endpointId: '',
    async handle(request, response) {
      request.resume();
      const message =
        `${describeCall(request)} is not available on the local platform, ` +
        `which has ${available().join(', ')}; leave the call out or add the service to local/services`;
      const { contentType, body } = errorBody(request, message);
      response.writeHead(501, {
        'content-type': contentType,
        'x-amzn-errortype': 'UnknownOperationException',
        'content-length': Buffer.byteLength(body),
        ...(contentType === 'application/cbor' ? { 'smithy-protocol': 'rpc-v2-cbor' } : {}),
      });
      response.end(body);
    },
    close() {
      // Holds nothing.
    },
  };
}

const RPC_V2_PATH = /^\/service\/([^/]+)\/operation\/([^/]+)/;

function describeCall(request: IncomingMessage): string {
  const { authorization = '', 'x-amz-target': target } = request.headers;
  const service = /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(authorization)?.[1] ?? 'an AWS service';
  const operation =
    RPC_V2_PATH.exec(request.url ?? '')?.[2] ?? target ?? `${request.method} ${request.url?.split('?')[0]}`;
  return `${service}: ${String(operation)}`;
}

/** Each protocol wants its errors in its own clothes; what the SDK cannot read it would report as a parse error. */
function errorBody(request: IncomingMessage, message: string): { contentType: string; body: Buffer | string } {
  const contentType = request.headers['content-type'] ?? '';
  if (RPC_V2_PATH.test(request.url ?? '')) {
    return { contentType: 'application/cbor', body: cborMap({ __type: 'UnknownOperationException', message }) };
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    const error = `<Error><Type>Sender</Type><Code>UnknownOperationException</Code><Message>${escapeXml(message)}</Message></Error>`;
    return { contentType: 'text/xml', body: `<ErrorResponse>${error}</ErrorResponse>` };
  }
  return { contentType: 'application/json', body: JSON.stringify({ __type: 'UnknownOperationException', message }) };
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A CBOR map of texts (RFC 8949): all that an error needs. */
function cborMap(entries: Record<string, string>): Buffer {
  const text = (value: string): Buffer[] => {
    const bytes = Buffer.from(value);
    const head = Buffer.alloc(3);
    head.writeUInt8(0x79);
    head.writeUInt16BE(bytes.length, 1);
    return [head, bytes];
  };
  const items = Object.entries(entries).flatMap(([name, value]) => [...text(name), ...text(value)]);
  return Buffer.concat([Buffer.of(0xa0 + Object.keys(entries).length), ...items]);
}
