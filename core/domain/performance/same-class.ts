import type { LabelValue } from '../labels/label.ts';

/** `1`, `1.0`, `"1"` and `true` are one class: who labels need not know in which type a model answers. */
export const className = (value: LabelValue): string => {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return String(Number(value));
  return String(value);
};

export const isSameClass = (a: LabelValue, b: LabelValue): boolean => className(a) === className(b);
