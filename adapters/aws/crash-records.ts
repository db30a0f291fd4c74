import type { CrashRecords } from '../../core/ports/version-health.ts';
import { type AttributeValue, fromAttributes, toAttributes } from './attribute-values.ts';
import { readHealthRequest } from './health-requests.ts';
import { ifLive } from './if-live.ts';
import type { ServiceClient } from './service-client.ts';

/**
 * Crash records for an inference function: read by the small client at each load of a model, written with the SDK, which is
 * loaded when a model has crashed.
 */
export function crashRecords({
  client,
  tableName,
  openWriter,
}: {
  client: ServiceClient;
  tableName: string;
  openWriter: () => Promise<Pick<CrashRecords, 'record'>>;
}): CrashRecords {
  return {
    async find(service, version, { now }) {
      const request = readHealthRequest(tableName, service, version);
      const { status, bytes } = await client.send({
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.GetItem' },
        body: JSON.stringify({ ...request, Key: toAttributes(request.Key as Record<string, string>) }),
      });
      const text = bytes.toString();
      if (status !== 200) throw new Error(`${status}: ${text}`);
      const { Item } = JSON.parse(text) as { Item?: Record<string, AttributeValue> };
      const live = ifLive(Item && fromAttributes(Item), now);
      // The schema comes with zod, which a cold start is better off without: nearly no version has crashed.
      return live && (await import('./parse-stored.ts')).fromHealthItem(live);
    },
    record: async (...crash) => (await openWriter()).record(...crash),
  };
}
