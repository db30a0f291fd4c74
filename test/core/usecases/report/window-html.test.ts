import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowHtml } from '../../../../core/usecases/report/window-html.ts';
import { aBadReport, aColumn, aWindowReport } from '../../../support/a-window.ts';

const RUNBOOK = 'https://example.test/runbooks/drift.md';
const page = (name: string) => windowHtml(aBadReport(name), { runbook: RUNBOOK });

/** What a browser would take for markup, without what it shows. */
const markupOf = (html: string): string => html.replaceAll(/>[^<]*</g, '><').replaceAll(/"[^"]*"/g, '""');

describe('the report of a window', () => {
  it('tells the verdict, since when, what to do, and how often such a verdict is wrong', () => {
    const html = page('amount');
    expect(html).toContain('amount moved (median 3 to 7).');
    expect(html).toContain('since 2026-06-01 00:00 UTC');
    expect(html).toContain(`href="${RUNBOOK}"`);
    expect(html).toContain('suspects 3.6 windows a month at most, and pages 0.03 times');
  });

  it('shows each column against training: its distribution, its trend, its statistics', () => {
    const html = page('amount');
    expect(html).toContain('aria-label="Distribution of amount, training against this window"');
    expect(html).toContain('3 or more: 50 % in training, 85 % in this window');
    expect(html).toContain('aria-label="Effect against its gate in the last 2 windows"');
    expect(html).toMatch(/<span>psi<\/span><span>0\.41<\/span>/);
    expect(html).toContain('<span>wasserstein</span><span>Infinity</span>');
    expect(html).toContain('rank correlations');
  });

  it('has data quality, performance and bias, measured and estimated', () => {
    const html = page('amount');
    for (const text of [
      'completeness check',
      'roc auc',
      'accuracy <span class="quiet">estimated',
      'amount is favoured',
    ])
      expect(html).toContain(text);
    expect(html).toContain('<td class="number">0.81</td><td class="number quiet">0.78 to 0.84</td>');
  });

  it('asks nobody for anything and runs nothing', () => {
    expect(page('amount')).not.toMatch(/<(?:script|link|img|iframe)|src=|@import|url\(/);
  });

  it('lets no name of a column, category or field become markup', () => {
    const plain = markupOf(page('amount'));
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='x", '&lt;b&gt;'),
    );
    fc.assert(fc.property(hostile, (name) => markupOf(page(name)) === plain));
  });

  it('says so of a window that was not tested', () => {
    const html = windowHtml(aWindowReport(1, { state: 'INSUFFICIENT_DATA', calibration: 'UNCALIBRATED' }), {
      runbook: RUNBOOK,
    });
    expect(html).toContain('This window was not tested.');
    expect(html).toContain('UNCALIBRATED');
    expect(html).not.toContain(RUNBOOK);
  });

  it('stays a page that opens with thousands of columns', () => {
    const columns = Array.from({ length: 3_000 }, (_, i) => aColumn(`v${i}`));
    const html = windowHtml(aWindowReport(1, { columns }), { runbook: RUNBOOK });
    expect(html).toContain('2,950 more');
    expect(html).toContain('And 2,450 less unusual ones');
    expect(html.length).toBeLessThan(500_000);
  });
});
