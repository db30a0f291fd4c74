import { describeHttpApi } from '../../contracts/services/http-api.contract.ts';
import { openHttpApi } from './http-api-fixture.ts';

describeHttpApi('local', openHttpApi);
