import type { ModelSignature, TensorSignature } from '../inference/signature.ts';

/** What a service declares of its captures. */
export interface RedactionRules {
  readonly hash: readonly string[];
  readonly drop: readonly string[];
  /** An input, a feature, or `header:NAME`. */
  readonly subject?: string | undefined;
}

export interface DescribedModel {
  readonly signature: ModelSignature;
  /** `feature_names`: a JSON array of names for the columns of a single `[N, F]` input. */
  readonly metadata: Readonly<Record<string, string>>;
}

export type Redaction = { readonly how: 'hash' | 'drop'; readonly field: string };

/** Where an element of a tensor stands: the whole tensor, or one column of `[N, F]`. */
export interface Place {
  readonly tensor: string;
  readonly column?: number;
}

/** The rules, found in one model. */
export interface RedactionPlan {
  /** By tensor: for all of its elements, or by column. */
  readonly inputs: ReadonlyMap<string, TensorRedaction>;
  readonly outputs: ReadonlyMap<string, TensorRedaction>;
  readonly subject?: Place | undefined;
  /** Names that the model does not have. */
  readonly unknown: readonly string[];
}

export interface TensorRedaction {
  readonly all?: Redaction;
  readonly columns?: ReadonlyMap<number, Redaction>;
}

const HEADER = 'header:';

/** The header that names the subject, in lower case, where the rules ask for one. */
export const subjectHeader = ({ subject }: RedactionRules): string | undefined =>
  subject?.startsWith(HEADER) ? subject.slice(HEADER.length).toLowerCase() : undefined;

/** Finds out where the declared names stand in a model's tensors. A feature's name wins over nothing: tensors come first. */
export function planRedaction(rules: RedactionRules, { signature, metadata }: DescribedModel): RedactionPlan {
  const features = featureColumns(signature.inputs, metadata['feature_names']);
  const inputs = new Map<string, TensorRedaction>();
  const outputs = new Map<string, TensorRedaction>();
  const unknown: string[] = [];
  const columns = new Map<number, Redaction>();
  const mark = (how: Redaction['how'], field: string) => {
    const redaction = { how, field };
    const isInput = signature.inputs.some(({ name }) => name === field);
    const isOutput = signature.outputs.some(({ name }) => name === field);
    const column = features?.names.indexOf(field) ?? -1;
    if (isInput) inputs.set(field, { all: redaction });
    if (isOutput) outputs.set(field, { all: redaction });
    if (column >= 0) columns.set(column, redaction);
    if (!isInput && !isOutput && column < 0) unknown.push(field);
  };
  for (const field of rules.hash) mark('hash', field);
  for (const field of rules.drop) mark('drop', field);
  if (features && columns.size > 0 && !inputs.has(features.tensor)) inputs.set(features.tensor, { columns });
  const subject = findSubject(rules, signature.inputs, features);
  if (rules.subject !== undefined && subject === undefined && subjectHeader(rules) === undefined) {
    unknown.push(rules.subject);
  }
  return { inputs, outputs, subject, unknown };
}

interface FeatureColumns {
  readonly tensor: string;
  readonly names: readonly string[];
}

function findSubject(
  { subject }: RedactionRules,
  inputs: readonly TensorSignature[],
  features: FeatureColumns | undefined,
): Place | undefined {
  if (subject === undefined) return undefined;
  if (inputs.some(({ name }) => name === subject)) return { tensor: subject };
  const column = features?.names.indexOf(subject) ?? -1;
  return features && column >= 0 ? { tensor: features.tensor, column } : undefined;
}

/** The names count only where there is one for each column of the only input: anything else would redact another column. */
function featureColumns(inputs: readonly TensorSignature[], text: string | undefined): FeatureColumns | undefined {
  const [only, ...others] = inputs;
  if (only === undefined || others.length > 0 || text === undefined) return undefined;
  const names = parseNames(text);
  const fits = only.shape.length === 2 && only.shape[1] === names?.length;
  return names && fits ? { tensor: only.name, names } : undefined;
}

function parseNames(text: string): string[] | undefined {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    // Whoever exported the model may write there what they like.
    return undefined;
  }
}
