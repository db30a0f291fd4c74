import { createClock } from '../../../local/clock.ts';
import type { FunctionConfig } from '../../../local/functions/function-config.ts';
import { createHttpApi, type HttpApi, type HttpApiOptions } from '../../../local/gateway/http-api.ts';
import { listen } from '../../../local/platform/listen.ts';
import type { HttpApiApp, OpenedHttpApi } from '../../contracts/services/http-api.contract.ts';
import { createHostFixture } from '../functions/host-fixture.ts';

export interface HttpApiFixture extends OpenedHttpApi {
  readonly api: HttpApi;
}

/** An HTTP API of the local gateway over functions of its own. */
export async function openHttpApi(
  app: HttpApiApp,
  options: Partial<HttpApiOptions> & { integrationTimeoutMs?: number; config?: Partial<FunctionConfig> } = {},
): Promise<HttpApiFixture> {
  const functions = createHostFixture();
  for (const [name, code] of Object.entries(app.functions)) functions.add(name, code, options.config);
  const api = createHttpApi({ apiId: 'abc123', accountId: '000000000000', clock: createClock(), ...options });
  for (const [routeKey, name] of Object.entries(app.routes)) {
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    api.addRoute(routeKey, {
      authorizer: undefined,
      integration: {
        timeoutMs: options.integrationTimeoutMs ?? 30_000,
        invoke: (event) => functions.host.invoke(name, { ...event, arn }),
      },
    });
  }
  api.addStage('$default');
  api.open();
  const url = await listen(api.server, '127.0.0.1', 0);
  return {
    url,
    api,
    async close() {
      await api.close(1000);
      await functions.close();
    },
  };
}
