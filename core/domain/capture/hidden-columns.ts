import type { ModelColumn } from './model-columns.ts';
import type { RedactionPlan } from './redaction-plan.ts';

/** Names of the columns whose values are hashed or left out before they are captured: nothing can be counted of them. */
export function hiddenColumns(columns: readonly ModelColumn[], plan: RedactionPlan): Set<string> {
  const isHidden = ({ role, tensor, offset }: ModelColumn): boolean => {
    const redaction = (role === 'feature' ? plan.inputs : plan.outputs).get(tensor);
    return redaction?.all !== undefined || redaction?.columns?.has(offset) === true;
  };
  return new Set(columns.filter(isHidden).map(({ name }) => name));
}
