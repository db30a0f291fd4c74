import type { ModelVersion } from '../../core/contracts/api.ts';
import { quickState, quickVersion } from '../../core/contracts/quick/stored-items.ts';
import type { ServiceState } from '../../core/ports/model-registry.ts';
import { withFreeForm } from './version-item.ts';

/** Items by their schemas, which come with zod and are loaded only where a quick look does not suffice. */

type Item = Readonly<Record<string, unknown>>;

export const toState = async (item: Item): Promise<ServiceState> =>
  quickState(item) ?? (await import('./parse-stored.ts')).fromStateItem(item);

export const toVersion = async (item: Item): Promise<ModelVersion> =>
  quickVersion(withFreeForm(item)) ?? (await import('./parse-stored.ts')).fromVersionItem(item);
