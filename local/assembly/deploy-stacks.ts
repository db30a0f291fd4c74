import * as z from 'zod';
import type { Stack, TemplateResource } from './cloud-assembly.ts';
import { evaluateCondition, NO_VALUE, type ResolveScope, referencesOf, resolveValue } from './intrinsics.ts';
import { NO_LOCAL_EFFECT } from './no-local-effect.ts';
import { physicalName, stableId } from './physical-name.ts';
import type { CreatedResource, Providers, Resource } from './provider.ts';
import { RefusedError } from './refused-error.ts';
import { sortByDependencies } from './sort-by-dependencies.ts';

const ANONYMOUS_NAME_LENGTH = 64;

/** Creates every resource of the stacks, in order. @returns the outputs, each as `Stack.Output` */
export async function deployStacks(stacks: readonly Stack[], providers: Providers): Promise<Record<string, string>> {
  refuseUnknownTypes(stacks, providers);
  const exported = new Map<string, unknown>();
  const outputs: Record<string, string> = {};
  for (const stack of stacks) {
    if (stack.template.Transform !== undefined) refuseTransform(stack);
    const created = new Map<string, CreatedResource>();
    const scope = scopeOf(stack, { created, exported, outputs });
    for (const logicalId of creationOrder(stack, scope)) {
      created.set(logicalId, await createResource(stack, { logicalId, scope, providers }));
    }
    for (const [name, output] of Object.entries(stack.template.Outputs)) {
      if (output.Condition !== undefined && !scope.condition(output.Condition)) continue;
      const value = resolveValue(output.Value, scope);
      outputs[`${stack.name}.${name}`] = String(value);
      if (output.Export !== undefined) exported.set(String(resolveValue(output.Export.Name, scope)), value);
    }
  }
  return outputs;
}

/** Before anything is created, so that a refused app leaves nothing half made; all unknown types at once. */
function refuseUnknownTypes(stacks: readonly Stack[], providers: Providers): void {
  const unknown = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources)
      .filter(([, { Type }]) => providers[Type] === undefined && NO_LOCAL_EFFECT[Type] === undefined)
      .map(([logicalId, { Type }]) => `${Type} (stack ${stack.name}, resource ${logicalId})`),
  );
  if (unknown.length === 0) return;
  throw new RefusedError(
    'assembly.resource_type_unknown',
    `the local platform does not know ${unknown.join(', ')}; it can run ${Object.keys(providers).join(', ')}. ` +
      'Leave the resource out of the app, or add a provider for its type or, if it changes nothing on one machine, an entry in local/assembly/no-local-effect.ts',
  );
}

function refuseTransform({ name, template }: Stack): never {
  throw new RefusedError(
    'assembly.intrinsic_unsupported',
    `stack ${name}: the template asks for the transform ${JSON.stringify(template.Transform)}, which CloudFormation runs; the local platform cannot`,
  );
}

function creationOrder(stack: Stack, scope: ResolveScope): readonly string[] {
  const resources = stack.template.Resources;
  const wanted = Object.keys(resources).filter((id) => {
    const condition = resources[id]?.Condition;
    return condition === undefined || scope.condition(condition);
  });
  const isWanted = new Set(wanted);
  return sortByDependencies(wanted, (id) => {
    const { Properties, DependsOn, Type } = resources[id] as TemplateResource;
    // A type without effect needs no other's values, and CDK's policies point at the functions that depend on them.
    const references = NO_LOCAL_EFFECT[Type] === undefined ? referencesOf(Properties, scope) : [];
    return [...DependsOn, ...references].filter((other) => isWanted.has(other));
  });
}

async function createResource(
  stack: Stack,
  { logicalId, scope, providers }: { logicalId: string; scope: ResolveScope; providers: Providers },
): Promise<CreatedResource> {
  const { Type: type, Properties } = stack.template.Resources[logicalId] as TemplateResource;
  const where = `stack ${stack.name}, resource ${logicalId} of type ${type}`;
  const refuse = (reason: string): never => {
    throw new RefusedError('assembly.property_unsupported', `${where}: ${reason}`);
  };
  const common = {
    type,
    logicalId,
    stack,
    refuse,
    attempt: <T>(work: () => T): T => {
      try {
        return work();
      } catch (cause) {
        return refuse(cause instanceof Error ? cause.message : String(cause));
      }
    },
    asset: (bucket: string, key: string) => stack.assets.get(`${bucket}/${key}`),
  };
  const provider = providers[type];
  if (provider === undefined) {
    const name = physicalName(stack.name, logicalId, { maxLength: ANONYMOUS_NAME_LENGTH });
    // Only names given as plain text count here: the rest may point at resources that do not exist yet.
    const resource: Resource<Record<string, unknown>> = { ...common, name, properties: Properties };
    return NO_LOCAL_EFFECT[type]?.values?.(resource) ?? { ref: name, attributes: {} };
  }
  const properties = resolveValue(Properties, { ...scope, where }) as Record<string, unknown>;
  const given = provider.naming.property === undefined ? undefined : properties[provider.naming.property];
  const name = typeof given === 'string' ? given : physicalName(stack.name, logicalId, provider.naming);
  try {
    return await provider.create({ ...common, name, properties });
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    throw new RefusedError('assembly.property_unsupported', `${where}: ${propertyProblems(cause)}`, { cause });
  }
}

/** All problems at once; an unknown property by its path. */
function propertyProblems(error: z.ZodError): string {
  const problems = error.issues.map((issue) => {
    const at = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return `${at}: ${issue.message}`;
    const paths = issue.keys.map((key) => [...issue.path, key].join('.'));
    return `the local platform does not know the property ${paths.join(', ')}`;
  });
  return problems.join('; ');
}

function scopeOf(
  stack: Stack,
  {
    created,
    exported,
    outputs,
  }: {
    created: ReadonlyMap<string, CreatedResource>;
    exported: ReadonlyMap<string, unknown>;
    outputs: Readonly<Record<string, string>>;
  },
): ResolveScope {
  const { template, name, account, region } = stack;
  const where = `stack ${name}`;
  const stackId = `arn:aws:cloudformation:${region}:${account}:stack/${name}/${stableId([name], 36)}`;
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': name,
    'AWS::StackId': stackId,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': NO_VALUE,
  };
  const unknown = (what: string): never => {
    throw new RefusedError('assembly.reference_unknown', `${where}: ${what}`);
  };
  const scope: ResolveScope = {
    where,
    region,
    ref(target) {
      if (Object.hasOwn(pseudo, target)) return pseudo[target];
      const parameter = template.Parameters[target];
      if (parameter !== undefined) return parameter.Default ?? unknown(`the parameter ${target} has no default value`);
      return created.get(target)?.ref ?? unknown(`Ref finds no resource and no parameter ${target}`);
    },
    getAtt(logicalId, attribute) {
      const resource = created.get(logicalId) ?? unknown(`Fn::GetAtt finds no resource ${logicalId}`);
      const type = template.Resources[logicalId]?.Type;
      return (
        resource.attributes[attribute] ??
        unknown(`the local platform knows no attribute ${attribute} of ${logicalId}, a resource of type ${type}`)
      );
    },
    condition(condition) {
      if (!Object.hasOwn(template.Conditions, condition)) unknown(`there is no condition ${condition}`);
      return evaluateCondition(template.Conditions[condition], scope);
    },
    mapping: (map, key, second) =>
      template.Mappings[map]?.[key]?.[second] ?? unknown(`Fn::FindInMap finds nothing at ${map}.${key}.${second}`),
    importValue: (value) =>
      exported.has(value)
        ? exported.get(value)
        : unknown(`Fn::ImportValue finds no export ${value} in a stack before this one`),
    stackOutput: (other, output) =>
      outputs[`${other}.${output}`] ??
      unknown(`Fn::GetStackOutput finds no output ${output} of a stack ${other} before this one`),
  };
  return scope;
}
