import * as z from 'zod';
import { ScheduleProperties } from '../../services/scheduler/schedule-properties.ts';
import type { SchedulerService } from '../../services/scheduler.ts';
import { defineProvider, noEffect, type Providers } from '../provider.ts';

const Properties = ScheduleProperties.extend({ Name: z.string().optional() });

const GroupProperties = z.strictObject({ Name: z.string().optional(), Tags: noEffect('nothing reads tags') });

/** Schedules of EventBridge Scheduler. */
export function schedulerProviders(scheduler: Pick<SchedulerService, 'putSchedule'>): Providers {
  return {
    'AWS::Scheduler::Schedule': defineProvider({
      properties: Properties,
      naming: { property: 'Name', maxLength: 64 },
      create(resource) {
        const { Name: _, ...properties } = resource.properties;
        const arn = resource.attempt(() => scheduler.putSchedule(resource.name, properties));
        return { ref: resource.name, attributes: { Arn: arn } };
      },
    }),
    'AWS::Scheduler::ScheduleGroup': defineProvider({
      properties: GroupProperties,
      naming: { property: 'Name', maxLength: 64 },
      create({ name, stack }) {
        const arn = `arn:aws:scheduler:${stack.region}:${stack.account}:schedule-group/${name}`;
        return { ref: name, attributes: { Arn: arn } };
      },
    }),
  };
}
