import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalService } from '../../local/services/service.ts';

/** Serves a local service over HTTP on a free port of 127.0.0.1. `close` ends open connections too, and closes the service. */
export async function serve(service: LocalService): Promise<{ url: string; close(): Promise<void> }> {
  const bugs: unknown[] = [];
  const server = createServer((request, response) => {
    service.handle(request, response).catch((error: unknown) => {
      bugs.push(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      service.close();
      // A rejected `handle` is a bug of the service even where the client got over it: the test file must fail.
      if (bugs.length > 0) throw new AggregateError(bugs, `the ${service.endpointId} service rejected a request`);
    },
  };
}
