import { createServer, type IncomingMessage, type Server } from 'node:http';
import { refuseWebPage } from '../gateway/refuse-web-page.ts';
import type { LocalService } from '../services/service.ts';

// Every header of an SDK request, presigned URLs with long tokens included, fits.
const HEADER_LIMIT_BYTES = 64 * 1024;

/** The HTTP server of one service. A bug in it costs one request, never the platform. */
export function serveService(service: LocalService): Server {
  return createServer({ maxHeaderSize: HEADER_LIMIT_BYTES, requestTimeout: 0, noDelay: true }, (request, response) => {
    const refusal = refuseWebPage(request, () => service.endpointId === 'S3' && isPreSigned(request));
    if (refusal !== undefined) {
      request.resume();
      response
        .writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' })
        .end(JSON.stringify({ message: refusal }));
      return;
    }
    service.handle(request, response).catch((error: unknown) => {
      console.error(`the local service ${service.endpointId} failed on ${request.method} ${request.url}`, error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'x-amzn-errortype': 'InternalServerError' }).end();
    });
  });
}

/** Who has the URL of an upload may use it from any page, as on S3, which checks the signature and the bucket's CORS rules. */
const isPreSigned = ({ url = '' }: IncomingMessage): boolean => url.includes('X-Amz-Signature=');
