import type { Notice } from '../domain/alarms/notice.ts';

/** What has been told to whom of a transition. */
export interface NoticeLog {
  /**
   * Takes a channel's turn to tell of a transition.
   *
   * @returns `mine` where nobody has told it and nobody is at it, for `leaseMs`; `told` where it has been told; `taken` where somebody is at it
   */
  claim(
    transition: TransitionKey,
    channel: string,
    times: { now: number; leaseMs: number },
  ): Promise<'mine' | 'told' | 'taken'>;
  /** Gives the turn back: it was not told. */
  release(transition: TransitionKey, channel: string): Promise<void>;
  /** Says that it was told. */
  done(transition: TransitionKey, channel: string, times: { now: number }): Promise<void>;
}

export interface TransitionKey {
  readonly service: string;
  readonly kind: string;
  readonly state: string;
  readonly atMs: number;
}

/** Somewhere that people read. */
export interface NotificationChannel {
  readonly name: string;
  /** @throws where it was not taken; never with an address that is secret */
  send(notice: Notice): Promise<void>;
}

/** The alarms as CloudWatch knows them. */
export interface AlarmStates {
  /** In the order of names. @throws `alarms.unavailable` */
  list(prefix: string): Promise<AlarmState[]>;
}

export interface AlarmState {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly sinceMs: number;
  readonly reason: string;
  /** When it goes off. */
  readonly threshold: string;
  readonly runbook: string;
}
