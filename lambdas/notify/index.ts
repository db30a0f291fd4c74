import { NotifyEnvironment, parseEnvironment } from '../../core/contracts/environment.ts';
import { createHandler } from './handler.ts';
import { wire } from './wire.ts';

export const handler = createHandler(wire(parseEnvironment(NotifyEnvironment, process.env)));
