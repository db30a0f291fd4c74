import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock } from '../../local/clock.ts';
import { listen } from '../../local/platform/listen.ts';
import { serveService } from '../../local/platform/serve-service.ts';
import { createFirehoseService } from '../../local/services/firehose.ts';
import { openStorage } from '../cold-start/storage.ts';
import { logisticRegression } from '../models.ts';

/** Storage and Firehose in a process of their own. Says where they are, then, whenever asked, the processor time it has taken. */

const storage = await openStorage();
await storage.register('linear', logisticRegression(), 'typescript');
const directory = mkdtempSync(join(tmpdir(), 'keelson-bench-firehose-'));
const firehose = createFirehoseService({
  directory,
  clock: createClock(),
  account: '000000000000',
  putObject: () => Promise.resolve(),
});
firehose.createDeliveryStream({
  name: 'captures',
  arn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/captures',
  roleArn: 'arn:aws:iam::000000000000:role/delivery',
  bucket: 'captures',
  prefix: 'captures/',
  errorOutputPrefix: 'capture-errors/',
  fileExtension: '.jsonl',
  bufferIntervalMs: 60_000,
  bufferBytes: 64 * 1024 * 1024,
});
const server = serveService(firehose);
const url = await listen(server, '127.0.0.1', 0);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.once('disconnect', async () => {
  server.closeAllConnections();
  server.close();
  await firehose.close();
  await storage.close();
  rmSync(directory, { recursive: true });
});
process.send?.({ ...storage.environment, AWS_ENDPOINT_URL_FIREHOSE: url });
