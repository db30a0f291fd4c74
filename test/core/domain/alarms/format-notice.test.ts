import { describe, expect, it } from 'vitest';
import { mailOf, slackOf, teamsOf } from '../../../../core/domain/alarms/format-notice.ts';
import { duration, type Notice } from '../../../../core/domain/alarms/notice.ts';

const NOTICE: Notice = {
  title: 'fraud: drift',
  says: ['The input has moved.', '<!channel> & "amount": it moved.'],
  facts: [['Since', '2026-06-01 12:00 UTC']],
  links: [
    { text: 'Report', url: 'https://api.example/windows/1' },
    { text: 'Runbook', url: 'docs/runbooks/drift.md' },
  ],
  isRecovery: false,
};

describe('a notice', () => {
  it('is an e-mail of plain text with a subject that SNS takes', () => {
    const { subject, text } = mailOf({ ...NOTICE, title: `fraud: ü${'x'.repeat(200)}` });
    expect(subject).toMatch(/^fraud: \?x+$/);
    expect(subject).toHaveLength(100);
    expect(text).toContain('Report: https://api.example/windows/1\n');
  });

  it('calls nobody in Slack by what stands in a column’s name', () => {
    const written = JSON.stringify(slackOf(NOTICE));
    expect(written).not.toContain('<!channel>');
    expect(written).toContain('&lt;!channel&gt; &amp;');
    expect(written).toContain('<https://api.example/windows/1|Report>');
  });

  it('keeps to the lengths that Slack takes', () => {
    const { blocks } = slackOf({ ...NOTICE, title: 't'.repeat(500), says: ['s'.repeat(9_000)] }) as {
      blocks: { text: { text: string } }[];
    };
    expect(blocks[0]?.text.text.length).toBeLessThanOrEqual(150);
    expect(blocks[1]?.text.text.length).toBeLessThanOrEqual(3_000);
  });

  it('is an adaptive card in Teams, whose buttons lead to the web alone', () => {
    const [attachment] = teamsOf(NOTICE)['attachments'] as {
      content: { actions: { url: string }[]; body: unknown[] };
    }[];
    expect(attachment?.content.actions.map(({ url }) => url)).toEqual(['https://api.example/windows/1']);
    expect(attachment?.content.body[0]).toMatchObject({ text: 'fraud: drift', color: 'Attention' });
  });

  it.each([
    [30_000, '1 minute'],
    [50 * 60_000, '50 minutes'],
    [119 * 60_000, '119 minutes'],
    [120 * 60_000, '2 hours'],
    [49 * 3_600_000, '2 days'],
  ])('says %i ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
