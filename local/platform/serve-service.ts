import { createServer, type Server } from 'node:http';
import type { LocalService } from '../services/service.ts';

// Every header of an SDK request, presigned URLs with long tokens included, fits.
const HEADER_LIMIT_BYTES = 64 * 1024;

/** The HTTP server of one service. A bug in it costs one request, never the platform. */
export function serveService(service: LocalService): Server {
  return createServer({ maxHeaderSize: HEADER_LIMIT_BYTES, requestTimeout: 0, noDelay: true }, (request, response) => {
    service.handle(request, response).catch((error: unknown) => {
      console.error(`the local service ${service.endpointId} failed on ${request.method} ${request.url}`, error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'x-amzn-errortype': 'InternalServerError' }).end();
    });
  });
}
