import type { AlarmActions } from '../services/cloudwatch.ts';
import type { Targets } from '../services/delivery/targets.ts';
import type { EventBridgeService } from '../services/event-bridge.ts';
import { DEFAULT_BUS } from '../services/events/event-bus.ts';
import type { SnsService } from '../services/sns.ts';

/** What alarms set off: an event on the default bus, messages to topics, invocations of functions. */
export function alarmActions({
  targets,
  events,
  sns,
}: {
  targets: Targets;
  events: Pick<EventBridgeService, 'putEvent'>;
  sns: Pick<SnsService, 'publish' | 'target'>;
}): AlarmActions {
  return {
    putEvent: ({ resources, detail, atMs }) =>
      events.putEvent({
        bus: DEFAULT_BUS,
        source: 'aws.cloudwatch',
        detailType: 'CloudWatch Alarm State Change',
        detail,
        resources,
        atMs,
      }),
    refusal: (arn) => targets.refusal(arn),
    async act({ id, arn, payload, attempt }) {
      if (!arn.startsWith('arn:aws:sns:'))
        return targets.deliver({ id, arn, payload: JSON.stringify(payload), attempt });
      const reason = sns.target.refusal(arn);
      if (reason !== undefined) return { kind: 'gave-up', reason };
      sns.publish({ topicArn: arn, ...(payload as { subject: string; message: string }) });
      return { kind: 'delivered' };
    },
  };
}
