import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { BaselineJob } from '../../core/contracts/baselines.ts';
import { baselineJobKey } from '../../core/contracts/table-keys.ts';
import type { BaselineJobs } from '../../core/ports/baseline-jobs.ts';

/** In the registry's table: an item for each version, which tells of the last one. */
export function dynamoBaselineJobs({
  client,
  tableName: TableName,
}: {
  client: DynamoDBDocumentClient;
  tableName: string;
}): BaselineJobs {
  const put = async (
    job: BaselineJob,
    condition: { ConditionExpression: string; ExpressionAttributeValues: Record<string, unknown> },
  ): Promise<boolean> => {
    const request = new PutCommand({
      TableName,
      Item: { ...baselineJobKey(job.service, job.version), ...job },
      ExpressionAttributeNames: { '#state': 'state', '#id': 'id' },
      ...condition,
    });
    try {
      await client.send(request);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    start: (job, { abandonedMs }) =>
      put(job, {
        ConditionExpression: 'attribute_not_exists(#id) OR #state <> :pending OR requestedAt < :abandoned',
        ExpressionAttributeValues: {
          ':pending': 'PENDING',
          ':abandoned': new Date(Date.parse(job.requestedAt) - abandonedMs).toISOString(),
        },
      }),
    async find(service, version) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: baselineJobKey(service, version), ConsistentRead: true }),
      );
      return Item && BaselineJob.parse(Item);
    },
    async end(job) {
      await put(job, {
        ConditionExpression: '#id = :id AND #state = :pending',
        ExpressionAttributeValues: { ':id': job.id, ':pending': 'PENDING' },
      });
    },
  };
}
