import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PreparationDeclaration } from '../core/contracts/preparation.ts';
import { fitPreparation } from '../core/domain/preparation/fit-preparation.ts';
import { transformRows } from '../core/domain/preparation/transform-rows.ts';
import { readTable } from './csv/read-table.ts';
import { toJsonFile } from './shared/training-result.ts';

const [declarationFile, dataFile, out = 'build/prepared'] = process.argv.slice(2);
if (declarationFile === undefined || dataFile === undefined) {
  console.error('node examples/prepare-data.ts DECLARATION.json DATA.csv[.gz] [FOLDER]');
  process.exit(2);
}
const declaration = PreparationDeclaration.parse(JSON.parse(readFileSync(declarationFile, 'utf8')));
const { table } = readTable(dataFile);
const fit = fitPreparation(declaration, table.columns);
for (let pass = fit.nextPass(); pass; pass = fit.nextPass()) {
  for (const row of table.rows) pass.row(row);
  pass.end();
}
const plan = fit.plan();
const transform = transformRows(plan);
const parts = new Map<string, string[]>();
const rejected: Record<string, number> = {};
const rejects: string[] = [];
for (const [index, cells] of table.rows.entries()) {
  const row = transform(cells);
  if ('rejected' in row) {
    rejected[row.rejected] = (rejected[row.rejected] ?? 0) + 1;
    rejects.push(JSON.stringify({ row: index + 1, reason: row.rejected }));
    continue;
  }
  const features = row.features.map((value) => (Number.isNaN(value) ? '' : String(value)));
  const line = [...features, ...(row.label === undefined ? [] : [String(row.label)])].join(',');
  const lines = parts.get(row.part) ?? [];
  lines.push(line);
  parts.set(row.part, lines);
}
const header = [...plan.features, ...(declaration.label ? [declaration.label.column] : [])]
  .map((name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
  .join(',');
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'plan.json'), toJsonFile(plan));
writeFileSync(join(out, 'rejects.jsonl'), rejects.map((line) => `${line}\n`).join(''));
for (const [part, lines] of parts) writeFileSync(join(out, `${part}.csv`), `${[header, ...lines].join('\n')}\n`);
const rows = Object.fromEntries(Array.from(parts, ([part, lines]) => [part, lines.length]));
console.log(JSON.stringify({ out, rowsIn: table.rows.length, rows, rejected, features: plan.features.length }));
