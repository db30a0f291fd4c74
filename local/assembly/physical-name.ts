import { createHash } from 'node:crypto';

export interface NameRule {
  /** The property that names the resource where the template does. */
  readonly property?: string;
  readonly maxLength: number;
  readonly lowerCase?: boolean;
}

const SUFFIX_LENGTH = 12;

/** Characters of a stable pseudo-random id: the same place in the same stack always gets the same one. */
export function stableId(parts: readonly string[], length: number): string {
  const digest = createHash('sha256').update(parts.join('\n')).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, length);
}

/** A name as CloudFormation makes it, `Stack-LogicalId-SUFFIX`, but the same at every start, so that a restart finds its data. */
export function physicalName(stackName: string, logicalId: string, { maxLength, lowerCase = false }: NameRule): string {
  const id = stableId([stackName, logicalId], SUFFIX_LENGTH);
  const room = maxLength - SUFFIX_LENGTH - 2;
  const logical = logicalId.slice(0, Math.max(room - stackName.length, Math.floor(room / 2)));
  const name = `${stackName.slice(0, room - logical.length)}-${logical}-${lowerCase ? id : id.toUpperCase()}`;
  return lowerCase ? name.toLowerCase() : name;
}
