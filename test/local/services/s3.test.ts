import { describeS3 } from '../../contracts/services/s3.contract.ts';
import { CREDENTIALS, openLocalS3, temporaryFolder } from './s3/local-s3.ts';

describeS3('local', async () => {
  const folder = temporaryFolder();
  const s3 = await openLocalS3({ directory: folder.path });
  s3.service.createBucket('plain', {});
  s3.service.createBucket('versioned', { VersioningConfiguration: { Status: 'Enabled' } });
  return {
    url: s3.url,
    client: s3.client,
    bucket: 'plain',
    versionedBucket: 'versioned',
    credentials: CREDENTIALS,
    async close() {
      await s3[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
});
