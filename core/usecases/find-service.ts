import type { ModelVersion } from '../contracts/api.ts';
import { SERVICE_NAME_PATTERN } from '../contracts/service-name-pattern.ts';
import { PlatformError } from '../domain/errors.ts';
import type { RegistryReader } from '../ports/model-reader.ts';
import type { ServiceState } from '../ports/model-registry.ts';

/** Nothing can be registered under another name, and a registry may refuse to look for one: it could be a megabyte long. */
const isServiceName = (name: string): boolean => SERVICE_NAME_PATTERN.test(name);

/** @throws `registry.service_not_found` */
export async function requireService(registry: RegistryReader, service: string): Promise<ServiceState> {
  const state = isServiceName(service) ? await registry.findService(service) : undefined;
  if (state) return state;
  throw new PlatformError('registry.service_not_found', {
    message: `Request for unknown model: ${JSON.stringify(service)} has no registered version; keelson register ${service} model.onnx`,
    details: { service },
  });
}

/** @throws `registry.service_not_found`, `registry.version_not_found` */
export async function requireVersion(
  registry: RegistryReader,
  service: string,
  version: number,
): Promise<ModelVersion> {
  const found = isServiceName(service) ? await registry.findVersion(service, version) : undefined;
  if (found) return found;
  const { latestVersion } = await requireService(registry, service);
  throw new PlatformError('registry.version_not_found', {
    message: `Request for unknown model: ${JSON.stringify(service)} has no version ${version}; the latest is ${latestVersion}`,
    details: { service, version },
  });
}
