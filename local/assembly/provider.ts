import * as z from 'zod';
import type { NameRule } from './physical-name.ts';

/** One resource of a template, its intrinsics resolved. */
export interface Resource<P = unknown> {
  readonly type: string;
  readonly logicalId: string;
  readonly stack: { readonly name: string; readonly account: string; readonly region: string };
  /** Its explicit name, else a generated one. */
  readonly name: string;
  readonly properties: P;
  /** The local file or folder of an uploaded asset. */
  asset(bucket: string, key: string): string | undefined;
  /** Says why a value cannot be had locally; the message names stack, logical id and type. */
  refuse(reason: string): never;
  /** Does what a service may refuse, and says its refusal with the place in the app that it is about. */
  attempt<T>(work: () => T): T;
}

export interface CreatedResource {
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Makes resources of one type. Its schema is strict: a property that is neither used nor listed as without effect is refused. */
export interface ResourceProvider {
  readonly properties: z.ZodType;
  readonly naming: NameRule;
  create(resource: Resource): CreatedResource | Promise<CreatedResource>;
}

export type Providers = Readonly<Record<string, ResourceProvider>>;

/** Ties a provider's schema to the properties that its `create` receives. */
export function defineProvider<S extends z.ZodType>(provider: {
  properties: S;
  naming: NameRule;
  create: (resource: Resource<z.infer<S>>) => CreatedResource | Promise<CreatedResource>;
}): ResourceProvider {
  return {
    ...provider,
    create: (resource) => provider.create({ ...resource, properties: provider.properties.parse(resource.properties) }),
  };
}

/** A property that changes nothing on one machine, and why. */
export const noEffect = (reason: string) => z.unknown().optional().describe(reason);

/** CloudFormation takes numbers and booleans as text too. */
export const number = () => z.coerce.number();
export const boolean = () => z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]);
