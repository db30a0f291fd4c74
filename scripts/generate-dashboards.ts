import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dashboardFiles } from './dashboards/all.ts';

/** Writes the dashboards for Grafana from the metrics' definitions; a test fails while the two differ. */
const folder = join(import.meta.dirname, '..', 'dashboards');
for (const [name, text] of Object.entries(dashboardFiles())) await writeFile(join(folder, name), text);
