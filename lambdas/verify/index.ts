import { parseEnvironment, VerifyEnvironment } from '../../core/contracts/environment.ts';
import { createHandler } from './handler.ts';
import { wire } from './wire.ts';

export const handler = createHandler(wire(parseEnvironment(VerifyEnvironment, process.env), __dirname));
