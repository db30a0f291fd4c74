import type * as z from 'zod';
import type { RepositoryIndex, RepositoryIndexRequest } from '../../core/contracts/open-inference.ts';
import type { ModelRegistry, ServiceState } from '../../core/ports/model-registry.ts';

/** GET /v2/models: every name that is registered, whether or not a version serves. */
export async function listModels(registry: ModelRegistry): Promise<{ models: string[] }> {
  const services = await registry.listServices();
  return { models: services.map(({ service }) => service) };
}

/**
 * POST /v2/repository/index: the version of each service that answers. Other versions answer by their number, too, but are
 * no choice of the service; GET /api/services/{service}/versions lists them.
 */
export async function indexRepository(
  registry: ModelRegistry,
  { ready = false }: z.infer<typeof RepositoryIndexRequest>,
): Promise<RepositoryIndex> {
  const entries = (await registry.listServices()).map(toEntry);
  return ready ? entries.filter(({ state }) => state === 'READY') : entries;
}

const toEntry = ({ service, champion }: ServiceState): RepositoryIndex[number] =>
  champion === null
    ? { name: service, state: 'UNAVAILABLE', reason: 'no version is rolled out' }
    : { name: service, version: String(champion), state: 'READY', reason: '' };
