import type { ColumnReport, WindowReport } from '../../contracts/windows.ts';
import { type Html, html } from './html.ts';

const WIDTH = 320;
const HEIGHT = 72;
const round = (value: number): number => Number(value.toFixed(1));

/** Shares of rows by bin: the reference as a line of steps, the window as bars. */
export function histogramChart(
  name: string,
  { bins, reference, current }: NonNullable<ColumnReport['histogram']>,
): Html {
  const most = Math.max(...reference, ...current, 1e-9);
  const width = WIDTH / Math.max(1, bins.length);
  const heightOf = (share: number) => round((share / most) * HEIGHT);
  const bars = current.map((share, i) => {
    const before = reference[i] ?? 0;
    const title = `${bins[i]}: ${percent(before)} in training, ${percent(share)} in this window`;
    return html`<rect x="${round(i * width + 0.5)}" y="${round(HEIGHT - heightOf(share))}" width="${round(Math.max(1, width - 1))}" height="${heightOf(share)}" class="current"><title>${title}</title></rect>`;
  });
  const steps = reference
    .map(
      (share, i) =>
        `${round(i * width)},${round(HEIGHT - heightOf(share))} ${round((i + 1) * width)},${round(HEIGHT - heightOf(share))}`,
    )
    .join(' ');
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Distribution of ${name}, training against this window" preserveAspectRatio="none" class="histogram">${bars}<polyline points="${steps}" class="reference"/></svg><p class="bins"><span>${bins[0]}</span><span>${bins.at(-1)}</span></p>`;
}

const TREND_WIDTH = 120;
const TREND_HEIGHT = 24;
/** Effects against their gates beyond this are drawn at the top. */
const TREND_TOP = 3;

/** The size of a column's largest effect against its gate, window by window; the line at 1 is the gate. */
export function trendChart(trend: WindowReport['trend'], place: number): Html {
  const step = TREND_WIDTH / Math.max(1, trend.length - 1);
  const y = (value: number) => round(TREND_HEIGHT - 1 - (Math.min(value, TREND_TOP) / TREND_TOP) * (TREND_HEIGHT - 2));
  const points = trend.flatMap(({ effects }, i) => {
    const value = effects?.[place];
    return value === undefined ? [] : [`${round(i * step)},${y(value)}`];
  });
  if (points.length < 2) return html`<span class="quiet">too few windows</span>`;
  return html`<svg viewBox="0 0 ${TREND_WIDTH} ${TREND_HEIGHT}" role="img" aria-label="Effect against its gate in the last ${trend.length} windows" class="trend"><line x1="0" x2="${TREND_WIDTH}" y1="${y(1)}" y2="${y(1)}" class="gate"/><polyline points="${points.join(' ')}" class="line"/></svg>`;
}

export const percent = (share: number): string => `${Number((share * 100).toFixed(share < 0.1 ? 2 : 1))} %`;
