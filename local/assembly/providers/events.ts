import * as z from 'zod';
import type { EventBridgeService } from '../../services/event-bridge.ts';
import { DEFAULT_BUS } from '../../services/events/event-bus.ts';
import { RuleTarget } from '../../services/events/rule-table.ts';
import { defineProvider, noEffect, type Providers } from '../provider.ts';

const TAGS = { Tags: noEffect('nothing reads tags') };

const BusProperties = z.strictObject({
  Description: noEffect('nothing shows it'),
  Name: z.string().optional(),
  ...TAGS,
});

const RuleProperties = z.strictObject({
  Description: z.string().optional(),
  EventBusName: z.string().default(DEFAULT_BUS),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  Name: z.string().optional(),
  RoleArn: noEffect('nothing checks permissions on one machine'),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(RuleTarget).default([]),
  ...TAGS,
});

/** Event buses and rules. */
export function eventProviders(events: Pick<EventBridgeService, 'addBus' | 'putRule'>): Providers {
  return {
    'AWS::Events::EventBus': defineProvider({
      properties: BusProperties,
      naming: { property: 'Name', maxLength: 256 },
      create: ({ name }) => ({ ref: name, attributes: { Arn: events.addBus(name), Name: name } }),
    }),
    'AWS::Events::Rule': defineProvider({
      properties: RuleProperties,
      naming: { property: 'Name', maxLength: 64 },
      create(resource) {
        const { name, properties } = resource;
        const bus = properties.EventBusName.split(':event-bus/').at(-1) ?? properties.EventBusName;
        const arn = resource.attempt(() =>
          events.putRule({
            bus,
            name,
            description: properties.Description,
            eventPattern: properties.EventPattern === undefined ? undefined : JSON.stringify(properties.EventPattern),
            scheduleExpression: properties.ScheduleExpression,
            state: properties.State,
            targets: properties.Targets,
          }),
        );
        return { ref: bus === DEFAULT_BUS ? name : `${bus}|${name}`, attributes: { Arn: arn } };
      },
    }),
  };
}
