import type { ColumnReport, Measure, WindowReport } from '../../contracts/windows.ts';
import { histogramChart, percent, trendChart } from './charts.ts';
import { type Html, html } from './html.ts';
import { STYLE } from './style.ts';

/** Columns that are shown with their distribution; of further ones a line. */
const DETAILED = 50;
/** Lines of further columns. */
const LISTED = 500;

const number = (value: Measure | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : String(Number(value.toPrecision(4)));
const time = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;
const count = (value: number): string => value.toLocaleString('en-US');
const counted = (value: number, what: string): string => `${count(value)} ${what}${value === 1 ? '' : 's'}`;
const badge = (state: string): Html => html`<span class="state ${state}">${state.replaceAll('_', ' ')}</span>`;
const nameOf = ({ column, role }: ColumnReport): string =>
  column === null ? 'rank correlations' : role === 'prediction' ? `${column} (prediction)` : column;

/** The report of one window as a page of its own: nothing in it comes from elsewhere, and no script runs in it. */
export function windowHtml(report: WindowReport, { runbook }: { readonly runbook: string }): string {
  const { service, version, series, from, to, columns, trend } = report;
  const title = `${service}, ${series === 'window' ? '' : `${series} `}${time(from)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${report.state}: ${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${service}, version ${version}</h1>
<p class="quiet">${time(from)} to ${time(to)}${series === 'window' ? '' : `, a ${series}`}</p>
</header>
${verdict(report, runbook)}
${facts(report)}
<h2>What was looked at, the most unusual first</h2>
${columns.length === 0 ? html`<p class="quiet">This window was not tested.</p>` : html`<p class="legend"><i></i>this window <b></b>training. The dashed line of a trend is the gate: what lies below is too small to matter.</p>`}
${columns.slice(0, DETAILED).map((column, place) => columnDetails(column, { trend, place }))}
${columns.length > DETAILED && furtherColumns(columns)}
${quality(report)}
${performance(report)}
${bias(report)}
${tally(report)}
<footer>
<p>Window ${report.id}, revision ${report.revision}, evaluated ${time(report.evaluatedAt)}${report.reopened ? `; evaluated again because of ${REASONS[report.reopened.reason]}` : ''}. <a href="?revision=${report.revision}&amp;format=json">The same as JSON</a> · <a href="../windows">All windows</a> · <a href="../alarms">Alarms</a></p>
</footer>
</main>
</body>
</html>
`.text;
}

const REASONS = {
  LATE_CAPTURES: 'captures that came late',
  LABELS: 'labels that came later',
  EARLIER_WINDOW: 'a change in an earlier window',
} as const;

function verdict(report: WindowReport, runbook: string): Html {
  const { state, sentence, since, expectedFalseAlarms: expected, calibration } = report;
  const said = sentence.replace(/^[A-Z_]+: /, '');
  const link = /^https?:\/\//.test(runbook) ? html` <a href="${runbook}">Runbook</a>` : html` Runbook: ${runbook}`;
  return html`<section class="verdict ${state}">
<p>${badge(state)}${since !== undefined && html` <span class="quiet">since ${time(since)}</span>`}</p>
<p class="sentence">${said}</p>
<p class="quiet">${
    calibration === 'CALIBRATED'
      ? expected.perWindow === 0
        ? 'There is too little history yet to say anything by.'
        : `Of traffic that has not changed, this monitor suspects ${number(expected.suspectsPerMonth)} windows a month at most, and pages ${number(expected.pagesPerMonth)} times.`
      : 'UNCALIBRATED: there is no history to tell how often this monitor is wrong.'
  }${state === 'DRIFT' || state === 'SUSPECT' ? link : ''}</p>
</section>`;
}

const facts = (report: WindowReport): Html => html`<dl>
<div><dt>Rows</dt><dd>${count(report.rows)}</dd></div>
<div><dt>Compared with</dt><dd>${count(report.historyWindows)} windows${report.strata === 'none' ? '' : `, by ${report.strata}`}</dd></div>
<div><dt>Training rows</dt><dd>${count(report.baseline.rows)}</dd></div>
<div><dt>p of the most unusual</dt><dd>${number(report.p)} <span class="quiet">against ${number(report.alpha)}</span></dd></div>
<div><dt>Data quality</dt><dd>${counted(report.violations, 'violation')}</dd></div>
${report.performance && html`<div><dt>Performance</dt><dd>${badge(report.performance)}</dd></div>`}
${report.bias && html`<div><dt>Bias</dt><dd>${badge(report.bias)}</dd></div>`}
</dl>`;

function columnDetails(
  column: ColumnReport,
  { trend, place }: { readonly trend: WindowReport['trend']; readonly place: number },
): Html {
  const { breached, state, effect, effects, statistics, histogram } = column;
  const name = nameOf(column);
  return html`<details class="column"${breached && html` open`}>
<summary><span class="name">${name}</span>${badge(state)}<span class="says">${effect.says}</span>${trendChart(trend, place)}</summary>
<div class="inside">
<div>${histogram && histogramChart(name, histogram)}</div>
<div>
<ul class="statistics"><li><span>p</span><span>${number(column.p)}</span></li>${effects.map(({ kind, size, gate }) => html`<li><span>${kind} <span class="quiet">gate ${gate}</span></span><span>${number(size)}</span></li>`)}${Object.entries(statistics).map(([statistic, value]) => html`<li><span>${statistic}</span><span>${number(value)}</span></li>`)}</ul>
</div>
</div>
</details>`;
}

function furtherColumns(columns: readonly ColumnReport[]): Html {
  const listed = columns.slice(DETAILED, DETAILED + LISTED);
  const more = columns.length - DETAILED - listed.length;
  return html`<h2>${count(columns.length - DETAILED)} more</h2>
<div class="scroll"><table><thead><tr><th scope="col">Column</th><th scope="col">State</th><th scope="col" class="number">p</th><th scope="col">Largest change</th></tr></thead><tbody>
${listed.map((column) => html`<tr><td class="name">${nameOf(column)}</td><td>${column.state}</td><td class="number">${number(column.p)}</td><td>${column.effect.says}</td></tr>`)}
</tbody></table></div>
${more > 0 && html`<p class="quiet">And ${count(more)} less unusual ones, which the JSON has.</p>`}`;
}

function quality({ quality: { violations } }: WindowReport): Html | undefined {
  if (violations.length === 0) return undefined;
  return html`<h2>Data quality</h2>
<div class="scroll"><table><thead><tr><th scope="col">Column</th><th scope="col">Check</th><th scope="col">What was found</th></tr></thead><tbody>
${violations.map(({ feature, check, description }) => html`<tr><td class="name">${feature}</td><td>${check.replaceAll('_', ' ')}</td><td>${description}</td></tr>`)}
</tbody></table></div>`;
}

type EstimateJson = { readonly value: Measure; readonly lower: Measure; readonly upper: Measure };
const estimateCells = ({ value, lower, upper }: EstimateJson): Html =>
  html`<td class="number">${number(value)}</td><td class="number quiet">${number(lower)} to ${number(upper)}</td>`;

function performance({ performanceReport: report, labelsProblem }: WindowReport): Html | undefined {
  if (report === undefined)
    return labelsProblem === undefined ? undefined : html`<h2>Performance and bias</h2><p>${labelsProblem}</p>`;
  const rows = Object.entries(report.measured);
  const estimated = report.estimated?.kind === 'estimated' ? Object.entries(report.estimated.metrics) : [];
  return html`<h2>Performance</h2>
<p>${badge(report.state)} ${report.says.join('; ')}.</p>
${
  (rows.length > 0 || estimated.length > 0) &&
  html`<div class="scroll"><table><thead><tr><th scope="col">Metric</th><th scope="col" class="number">Value</th><th scope="col" class="number">Interval (95 %)</th><th scope="col" class="number">When registered</th></tr></thead><tbody>
${rows.map(([name, estimate]) => html`<tr><td class="name">${name.replaceAll('_', ' ')}</td>${estimateCells(estimate)}<td class="number">${number(report.expected[name])}</td></tr>`)}
${estimated.map(([name, estimate]) => html`<tr><td class="name">${name.replaceAll('_', ' ')} <span class="quiet">estimated before labels</span></td>${estimateCells(estimate)}<td class="number">${number(report.expected[name])}</td></tr>`)}
</tbody></table></div>`
}`;
}

function bias({ biasReport }: WindowReport): Html | undefined {
  if (biasReport === undefined || biasReport.length === 0) return undefined;
  return html`<h2>Bias</h2>
${biasReport.map(
  ({
    field,
    metrics,
  }) => html`<div class="scroll"><table><thead><tr><th scope="col">${field}</th><th scope="col">State</th><th scope="col" class="number">Value</th><th scope="col" class="number">Interval (95 %)</th><th scope="col">In words</th></tr></thead><tbody>
${metrics.length === 0 ? html`<tr><td colspan="5" class="quiet">one side of the field has no rows in this window</td></tr>` : metrics.map(({ metric, estimate, state, says }) => html`<tr><td class="name">${metric}</td><td>${state ?? ''}</td>${estimateCells(estimate)}<td>${says}</td></tr>`)}
</tbody></table></div>`,
)}`;
}

function tally({ tally: t }: WindowReport): Html {
  const readable = t.records - t.withheld - t.truncated - t.unreadable;
  return html`<h2>Captures</h2>
<p>${counted(t.records, 'request')} in ${counted(t.objects, 'object')}: ${count(readable)} readable with ${count(t.rows)} rows, ${count(t.withheld)} withheld, ${count(t.truncated)} too large to capture, ${count(t.unreadable)} not readable. ${count(t.repeated)} were delivered twice and counted once; ${count(t.duplicateRows)} rows equal another${t.rows > 0 ? ` (${percent(t.duplicateRows / t.rows)})` : ''}.</p>`;
}
