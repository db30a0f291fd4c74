import { hundredTrees, logisticRegression } from '../models.ts';
import { openStorage } from './storage.ts';

/** Storage in a process of its own, as `npm start` and AWS have it: what it does is nobody's processor time but its own. */

const storage = await openStorage();
for (const [name, bytes] of Object.entries({ linear: logisticRegression(), trees: hundredTrees() })) {
  await storage.register(`${name}-executor`, bytes, 'typescript');
  await storage.register(`${name}-onnxruntime`, bytes, 'onnxruntime');
}
process.once('disconnect', () => void storage.close());
process.send?.(storage.environment);
