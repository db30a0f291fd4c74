import * as z from 'zod';
import { CompositeAlarmProperties, MetricAlarmProperties } from '../../services/cloudwatch/alarms/alarm-properties.ts';
import type { CloudWatchService } from '../../services/cloudwatch.ts';
import { defineProvider, noEffect, type Providers } from '../provider.ts';

const TAGS = { Tags: noEffect('nothing reads tags') };
const ALARM_NAME = { property: 'AlarmName', maxLength: 255 };

// The service judges the properties itself, with the name that the resource got.
const AnyAlarm = z.looseObject({ AlarmName: z.string().optional() });

const DashboardProperties = z.strictObject({
  DashboardBody: z.string(),
  DashboardName: z.string().optional(),
  ...TAGS,
});

/** Alarms and dashboards. */
export function cloudWatchProviders(cloudWatch: Pick<CloudWatchService, 'putAlarm' | 'putDashboard'>): Providers {
  const arn = (stack: { region: string; account: string }, name: string) =>
    `arn:aws:cloudwatch:${stack.region}:${stack.account}:alarm:${name}`;
  return {
    'AWS::CloudWatch::Alarm': defineProvider({
      properties: AnyAlarm,
      naming: ALARM_NAME,
      create(resource) {
        const { name, stack } = resource;
        const { Tags: _, ...properties } = MetricAlarmProperties.safeExtend(TAGS).parse({
          ...resource.properties,
          AlarmName: name,
        });
        resource.attempt(() => cloudWatch.putAlarm({ kind: 'MetricAlarm', properties }));
        return { ref: name, attributes: { Arn: arn(stack, name) } };
      },
    }),
    'AWS::CloudWatch::CompositeAlarm': defineProvider({
      properties: AnyAlarm,
      naming: ALARM_NAME,
      create(resource) {
        const { name, stack } = resource;
        const { Tags: _, ...properties } = CompositeAlarmProperties.extend(TAGS).parse({
          ...resource.properties,
          AlarmName: name,
        });
        resource.attempt(() => cloudWatch.putAlarm({ kind: 'CompositeAlarm', properties }));
        return { ref: name, attributes: { Arn: arn(stack, name) } };
      },
    }),
    'AWS::CloudWatch::Dashboard': defineProvider({
      properties: DashboardProperties,
      naming: { property: 'DashboardName', maxLength: 255 },
      create({ name, properties }) {
        cloudWatch.putDashboard(name, properties.DashboardBody);
        return { ref: name, attributes: {} };
      },
    }),
  };
}
