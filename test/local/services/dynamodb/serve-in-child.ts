import { createClock } from '../../../../local/clock.ts';
import { createDynamoDbService } from '../../../../local/services/dynamodb.ts';
import { serve } from '../../../support/serve.ts';

// Started by the durability test, which kills it: serves the folder in its first argument and tells where.
const service = createDynamoDbService({ directory: process.argv[2] as string, clock: createClock() });
service.createTable('things', {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'round', AttributeType: 'N' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-round',
      KeySchema: [{ AttributeName: 'round', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
});
const { url } = await serve(service);
process.stdout.write(`${url}\n`);
