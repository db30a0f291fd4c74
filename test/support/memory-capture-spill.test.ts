import { describeCaptureSpill } from '../contracts/capture-spill.contract.ts';
import { memoryCaptureSpill } from './memory-capture-spill.ts';

describeCaptureSpill('memory', () => memoryCaptureSpill(10));
