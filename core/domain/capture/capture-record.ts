import type { Tensor } from '../inference/tensor.ts';
import {
  type Payload,
  type Pseudonym,
  redactPayload,
  routeKeyPseudonym,
  subjectPseudonym,
  subjectsOf,
} from './redact-payload.ts';
import type { DescribedModel, RedactionPlan } from './redaction-plan.ts';

/** A prediction that was answered, whatever protocol it came by. */
export interface Prediction {
  /** Names the record. */
  readonly eventId: string;
  readonly predictionId: string;
  readonly atMs: number;
  readonly model: DescribedModel & { readonly service: string; readonly version: number };
  readonly variant: string;
  readonly route: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** The bodies, made when they are needed: most of the work lies in decoding them. */
  readonly request: () => Payload;
  readonly response: () => Payload;
  /** By what the caller wants to be known where traffic is split. */
  readonly routeKey?: string | undefined;
  /** What the header said that names the subject. */
  readonly subject?: string | undefined;
}

export interface CaptureLine {
  /** One line of JSON, without its end. */
  readonly text: string;
  readonly truncated: boolean;
}

/**
 * A prediction as a SageMaker data capture record. What the rules name is hashed or left out here, before anything is written
 * anywhere; where a name cannot be found in the model, no payload is written at all.
 *
 * @param options.pseudonym needed where the plan has a hash or a subject, or the prediction a route key
 * @param options.limitBytes of the line with its end; beyond it the larger payload is left out, then the other
 */
export function captureRecord(
  prediction: Prediction,
  plan: RedactionPlan,
  { pseudonym, limitBytes }: { pseudonym: Pseudonym; limitBytes: number },
): CaptureLine {
  const input = payloadOf(prediction.request, plan, () => ({
    tensors: prediction.inputs,
    redactions: plan.inputs,
    key: 'inputs',
    pseudonym,
  }));
  const output = payloadOf(prediction.response, plan, () => ({
    tensors: prediction.outputs,
    redactions: plan.outputs,
    key: 'outputs',
    pseudonym,
  }));
  const subject = subjectOf(prediction, plan, pseudonym);
  const { routeKey } = prediction;
  const write = (truncated: readonly ('input' | 'output')[]) =>
    JSON.stringify({
      captureData: {
        endpointInput: side('INPUT', input, truncated.includes('input')),
        endpointOutput: side('OUTPUT', output, truncated.includes('output')),
      },
      eventMetadata: {
        eventId: prediction.eventId,
        inferenceId: prediction.predictionId,
        inferenceTime: new Date(prediction.atMs).toISOString(),
      },
      eventVersion: '0',
      keelson: {
        service: prediction.model.service,
        version: prediction.model.version,
        variant: prediction.variant,
        route: prediction.route,
        ...(routeKey !== undefined && { routeKey: routeKeyPseudonym(routeKey, pseudonym) }),
        ...(subject !== undefined && { subject }),
        ...(plan.unknown.length > 0 && { withheld: plan.unknown }),
        ...(truncated.length > 0 && { truncated }),
      },
    });
  const first = input.data.length >= output.data.length ? 'input' : 'output';
  for (const truncated of [[], [first]] as const) {
    const text = write(truncated);
    if (fits(text, limitBytes)) return { text, truncated: truncated.length > 0 };
  }
  return { text: write(['input', 'output']), truncated: true };
}

interface Redacted {
  readonly tensors: readonly Tensor[];
  readonly redactions: RedactionPlan['inputs'];
  readonly key: 'inputs' | 'outputs';
  readonly pseudonym: Pseudonym;
}

function payloadOf(read: () => Payload, plan: RedactionPlan, redacted: () => Redacted): Payload {
  const payload = read();
  if (plan.unknown.length > 0) return { ...payload, data: '' };
  const { tensors, redactions, key, pseudonym } = redacted();
  return redactions.size === 0 ? payload : redactPayload(tensors, redactions, { key, payload, pseudonym });
}

const side = (mode: 'INPUT' | 'OUTPUT', { contentType, data, encoding }: Payload, truncated: boolean) => ({
  observedContentType: contentType,
  mode,
  data: truncated ? '' : data,
  encoding,
});

function subjectOf(
  { subject, inputs }: Prediction,
  plan: RedactionPlan,
  pseudonym: Pseudonym,
): string | string[] | undefined {
  if (subject !== undefined) return subjectPseudonym(subject, pseudonym);
  if (plan.subject === undefined) return undefined;
  const subjects = subjectsOf(inputs, plan.subject, pseudonym);
  return subjects.length === 1 ? subjects[0] : subjects;
}

/** UTF-8 takes one to three bytes for each UTF-16 unit: only what lies between needs counting. */
function fits(text: string, limitBytes: number): boolean {
  if (text.length >= limitBytes) return false;
  return text.length * 3 < limitBytes || new TextEncoder().encode(text).length < limitBytes;
}
