import type { CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { describeCloudWatch } from '../../contracts/services/cloudwatch.contract.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { NOON, openLocalCloudWatch } from './cloudwatch/local-cloudwatch.ts';

const open = async (config: CloudWatchClientConfig) => {
  const folder = temporaryFolder();
  const cloudWatch = await openLocalCloudWatch({ directory: folder.path, config });
  return {
    client: cloudWatch.client,
    nowMs: NOON,
    async close() {
      await cloudWatch[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
};

describeCloudWatch('local, AWS JSON', () => open({}));
// As boto3 and the AWS command line speak.
describeCloudWatch('local, RPC v2 CBOR', () => open({ protocol: SmithyRpcV2CborProtocol as never }));
