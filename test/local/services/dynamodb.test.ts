import { createClock } from '../../../local/clock.ts';
import { describeDynamoDb } from '../../contracts/services/dynamodb.contract.ts';
import { serveTemporarily } from './dynamodb/local-dynamodb.ts';

describeDynamoDb('local', async () => {
  const clock = createClock();
  const { client, close } = await serveTemporarily(clock);
  return { client, close, advance: clock.advance };
});
