import { ModelVersion } from '../../core/contracts/api.ts';
import { StoredHealth, StoredState } from '../../core/contracts/stored.ts';
import type { ServiceState } from '../../core/ports/model-registry.ts';
import type { VersionHealth } from '../../core/ports/version-health.ts';
import { withFreeForm } from './version-item.ts';

/** Items by their schemas: a bad item fails at the door. */

type Item = Readonly<Record<string, unknown>>;

/** @throws ZodError for an item that is no version */
export const fromVersionItem = (item: Item): ModelVersion => ModelVersion.parse(withFreeForm(item));

/** @throws ZodError for an item that is no state */
export const fromStateItem = (item: Item): ServiceState => StoredState.parse(item);

/** @throws ZodError for an item that is no count of crashes */
export const fromHealthItem = (item: Item): VersionHealth => StoredHealth.parse(item);
