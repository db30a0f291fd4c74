import * as z from 'zod';

/** What a target of a rule gets instead of the event. */
export const TargetInput = {
  Input: z.string().max(8192).optional(),
  InputPath: z.string().max(256).optional(),
  InputTransformer: z
    .strictObject({
      InputPathsMap: z.record(z.string(), z.string()).optional(),
      InputTemplate: z.string().min(1).max(8192),
    })
    .optional(),
};
type TargetInputs = { readonly [K in keyof typeof TargetInput]?: z.infer<(typeof TargetInput)[K]> };

export interface MatchedEvent {
  readonly event: Readonly<Record<string, unknown>>;
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly ingestedMs: number;
}

/** The text that a target gets for an event. */
export function inputFor(target: TargetInputs, matched: MatchedEvent): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(atPath(matched.event, target.InputPath) ?? null);
  const transformer = target.InputTransformer;
  return transformer === undefined
    ? JSON.stringify(matched.event)
    : fill(transformer.InputTemplate, variables(transformer.InputPathsMap ?? {}, matched));
}

function variables(paths: Readonly<Record<string, string>>, matched: MatchedEvent): ReadonlyMap<string, unknown> {
  const { event, ruleArn, ruleName, ingestedMs } = matched;
  const { detail: _, ...withoutDetail } = event;
  return new Map<string, unknown>([
    ['aws.events.rule-arn', ruleArn],
    ['aws.events.rule-name', ruleName],
    ['aws.events.event.ingestion-time', new Date(ingestedMs).toISOString()],
    ['aws.events.event', withoutDetail],
    ['aws.events.event.json', event],
    ...Object.entries(paths).map(([name, path]) => [name, atPath(event, path)] as const),
  ]);
}

/** A variable within quotes becomes text, one outside of them a value. */
function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  return template.replace(/<([\w.-]+)>/g, (placeholder, name: string, offset: number) => {
    if (!values.has(name)) return placeholder;
    const value = values.get(name);
    const isInQuotes = (template.slice(0, offset).match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;
    if (!isInQuotes) return JSON.stringify(value ?? null);
    const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

/** A path such as `$.detail.items[0].id`. */
function atPath(event: unknown, path: string): unknown {
  const steps = path.replace(/^\$\.?/, '').match(/[^.[\]]+/g) ?? [];
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    event,
  );
}
