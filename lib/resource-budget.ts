import { ALARM_KINDS } from '../core/contracts/alarms.ts';

/** What CloudFormation takes in one stack. */
const RESOURCE_LIMIT = 500;

/** What a stack holds, as a test counts it: once for the platform, and for each service. */
const PLATFORM = { base: 64, captures: 12, monitor: 6, notifications: 9 } as const;
const SERVICE = { base: 17, capture: 1, schedule: 1 } as const;

/** The part of an unchecked configuration that decides. */
type Counted = {
  readonly services?: Readonly<
    Record<string, { readonly capture?: unknown; readonly monitor?: { readonly alarms?: { readonly off?: unknown } } }>
  >;
  readonly notifications?: { readonly email?: unknown };
  readonly dashboard?: unknown;
};

/** How many resources the stack of a configuration has, at most. */
export function resourcesOf(unchecked: object): number {
  const config: Counted = unchecked;
  const services = Object.values(config.services ?? {});
  const monitored = services.filter((service) => service?.monitor);
  const of = (condition: boolean, count: number) => (condition ? count : 0);
  const { email } = config.notifications ?? {};
  return (
    PLATFORM.base +
    of(
      services.some((service) => service?.capture),
      PLATFORM.captures,
    ) +
    of(monitored.length > 0, PLATFORM.monitor) +
    of(config.notifications !== undefined, PLATFORM.notifications + (Array.isArray(email) ? email.length : 0)) +
    of(config.dashboard === true, 1) +
    services.length * SERVICE.base +
    services.filter((service) => service?.capture).length * SERVICE.capture +
    monitored.reduce((sum, { monitor }) => sum + SERVICE.schedule + alarmsOf(monitor?.alarms?.off), 0)
  );
}

const alarmsOf = (off: unknown): number => ALARM_KINDS.length - (Array.isArray(off) ? new Set(off).size : 0);

/** What is wrong with the number of resources; undefined where they fit. */
export function resourceProblem(config: unknown): string | undefined {
  const count = resourcesOf(config as object);
  if (count <= RESOURCE_LIMIT) return undefined;
  const { base, capture, schedule } = SERVICE;
  return `they need ${count} resources with the platform, one stack takes ${RESOURCE_LIMIT}: each takes ${base}, ${base + capture} with captures, ${base + capture + schedule + ALARM_KINDS.length} with a monitor and all alarms; watch fewer of them, leave alarms out (monitor.alarms.off), or put some in a second stack`;
}
