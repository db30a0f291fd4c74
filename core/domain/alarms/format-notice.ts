import type { Notice } from './notice.ts';

const SUBJECT_CHARACTERS = 100;

/** As an e-mail: SNS takes a subject of printable ASCII, 100 characters. */
export function mailOf({ title, says, facts, links }: Notice): { readonly subject: string; readonly text: string } {
  const subject = title.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, SUBJECT_CHARACTERS);
  const lines = [
    title,
    '',
    ...says,
    '',
    ...facts.map(([name, value]) => `${name}: ${value}`),
    '',
    ...links.map(({ text, url }) => `${text}: ${url}`),
  ];
  return { subject, text: `${lines.join('\n')}\n` };
}

/** Slack reads three characters as its own; column names are anybody's. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Slack takes 3,000 characters in a section, 150 in a header. */
const SECTION_CHARACTERS = 2_900;
const HEADER_CHARACTERS = 150;
const cut = (text: string, limit: number): string => (text.length > limit ? `${text.slice(0, limit - 1)}…` : text);

/**
 * As the body of a Slack incoming webhook.
 *
 * Source: Slack, docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and /reference/block-kit.
 */
export function slackOf({ title, says, facts, links, isRecovery }: Notice): Readonly<Record<string, unknown>> {
  const head = `${isRecovery ? '✅' : '🚨'} ${title}`;
  const linked = links.map(({ text, url }) => (isWebUrl(url) ? `<${url}|${text}>` : `${text}: ${slackText(url)}`));
  const section = (text: string) => ({
    type: 'section',
    text: { type: 'mrkdwn', text: cut(text, SECTION_CHARACTERS) },
  });
  return {
    text: slackText(`${head}: ${says[0] ?? ''}`),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(head, HEADER_CHARACTERS) } },
      section(says.map(slackText).join('\n')),
      section(facts.map(([name, value]) => `*${slackText(name)}*: ${slackText(value)}`).join('\n')),
      section(linked.join('  ·  ')),
    ],
  };
}

const isWebUrl = (url: string): boolean => /^https?:\/\//.test(url);

/**
 * As the body of a Microsoft Teams workflow that posts when a webhook request is received: an adaptive card.
 *
 * Source: Microsoft, learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook.
 */
export function teamsOf({ title, says, facts, links, isRecovery }: Notice): Readonly<Record<string, unknown>> {
  const block = (text: string, more: object = {}) => ({ type: 'TextBlock', text, wrap: true, ...more });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      block(title, { size: 'Large', weight: 'Bolder', color: isRecovery ? 'Good' : 'Attention' }),
      ...says.map((text) => block(text)),
      { type: 'FactSet', facts: facts.map(([name, value]) => ({ title: name, value })) },
    ],
    actions: links
      .filter(({ url }) => isWebUrl(url))
      .map(({ text, url }) => ({ type: 'Action.OpenUrl', title: text, url })),
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}
