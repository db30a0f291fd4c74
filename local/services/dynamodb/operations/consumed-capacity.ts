export const CAPACITY_CHOICES = ['INDEXES', 'TOTAL', 'NONE'] as const;
export type CapacityChoice = (typeof CAPACITY_CHOICES)[number] | undefined;

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

export function readUnits(bytes: number, { consistent }: { consistent: boolean | undefined }): number {
  const units = Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
  return consistent ? units : units / 2;
}

export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

interface Consumption {
  readonly table: string;
  readonly units: number;
  /** What a transaction costs is twice an ordinary request, of the kind named here. */
  readonly kind?: 'ReadCapacityUnits' | 'WriteCapacityUnits';
}

/** The `ConsumedCapacity` member of an answer, or nothing when it was not asked for. Index writes are counted with the table. */
export function consumedCapacity(choice: CapacityChoice, consumption: Consumption): { ConsumedCapacity?: object } {
  return choice === undefined || choice === 'NONE' ? {} : { ConsumedCapacity: describe(choice, consumption) };
}

/** As `consumedCapacity`, for an answer over several tables: one entry per table. */
export function consumedCapacities(
  choice: CapacityChoice,
  consumptions: readonly Consumption[],
): { ConsumedCapacity?: object } {
  if (choice === undefined || choice === 'NONE') return {};
  const tables = Map.groupBy(consumptions, ({ table }) => table);
  const entries = [...tables.values()].map((parts) => {
    const units = parts.reduce((sum, part) => sum + part.units, 0);
    return describe(choice, { ...(parts[0] as Consumption), units });
  });
  return { ConsumedCapacity: entries };
}

function describe(choice: CapacityChoice, { table, units, kind }: Consumption): object {
  const total = { CapacityUnits: units, ...(kind && { [kind]: units }) };
  return { TableName: table, ...total, ...(choice === 'INDEXES' && { Table: total }) };
}
