import type { DatabaseSync } from 'node:sqlite';

export const MAIL_SCHEMA = `
  CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY, recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, topic TEXT NOT NULL, at_ms INTEGER NOT NULL
  ) STRICT;
`;
const MAILS_KEPT = 1000;

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  readonly topicArn: string;
  readonly time: string;
}

/** Where e-mail ends on one machine: nothing is sent, a person can read it. */
export interface Mailbox {
  add(mail: { to: string; subject: string; body: string; topicArn: string; atMs: number }): void;
  /** Newest first. */
  list(): Mail[];
}

export function createMailbox(database: DatabaseSync): Mailbox {
  const add = database.prepare('INSERT INTO mails (recipient, subject, body, topic, at_ms) VALUES (?, ?, ?, ?, ?)');
  const forget = database.prepare('DELETE FROM mails WHERE id <= (SELECT max(id) FROM mails) - ?');
  const list = database.prepare('SELECT recipient, subject, body, topic, at_ms FROM mails ORDER BY id DESC');
  return {
    add({ to, subject, body, topicArn, atMs }) {
      add.run(to, subject, body, topicArn, Math.floor(atMs));
      forget.run(MAILS_KEPT);
    },
    list: () =>
      (list.all() as { recipient: string; subject: string; body: string; topic: string; at_ms: number }[]).map(
        (row) => ({
          to: row.recipient,
          subject: row.subject,
          body: row.body,
          topicArn: row.topic,
          time: new Date(row.at_ms).toISOString(),
        }),
      ),
  };
}
