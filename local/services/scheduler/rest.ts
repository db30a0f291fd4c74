import * as z from 'zod';
import { AwsError } from '../rpc/aws-error.ts';
import { ScheduleProperties } from './schedule-properties.ts';
import type { Schedule } from './schedule-table.ts';
import type { ScheduleWatch } from './schedule-watch.ts';

export interface RestRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
}

const Body = ScheduleProperties.extend({ ClientToken: z.string().optional() });

/** CreateSchedule, UpdateSchedule, GetSchedule, DeleteSchedule, ListSchedules. */
export function answerSchedulerRequest(
  { method, url, body }: RestRequest,
  {
    watch,
    arnOf,
    check,
  }: { watch: ScheduleWatch; arnOf: (group: string, name: string) => string; check: (target: string) => void },
): object {
  const [, collection, encoded] = url.pathname.split('/');
  const name = encoded === undefined ? undefined : decodeURIComponent(encoded);
  if (collection !== 'schedules') throw unknownOperation(method, url.pathname);
  const group = url.searchParams.get('groupName') ?? 'default';
  if (name === undefined && method === 'GET') return list(url.searchParams, watch);
  if (name === undefined) throw unknownOperation(method, url.pathname);
  const find = (): Schedule => {
    const schedule = watch.find(arnOf(group, name));
    if (schedule !== undefined) return schedule;
    throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, { statusCode: 404 });
  };
  switch (method) {
    case 'POST':
    case 'PUT': {
      const { ClientToken: _, ...properties } = read(body);
      const arn = arnOf(properties.GroupName, name);
      if (method === 'POST' && watch.find(arn) !== undefined) {
        throw new AwsError('ConflictException', `Schedule ${name} already exists.`, { statusCode: 409 });
      }
      if (method === 'PUT' && watch.find(arn) === undefined) find();
      check(properties.Target.Arn);
      watch.put({ arn, name, properties, origin: 'request' });
      return { ScheduleArn: arn };
    }
    case 'GET':
      return describe(find());
    case 'DELETE':
      watch.remove(find().arn);
      return {};
    default:
      throw unknownOperation(method, url.pathname);
  }
}

function read(body: unknown): z.infer<typeof Body> {
  const parsed = Body.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new AwsError('ValidationException', problems.join('; '));
}

const unknownOperation = (method: string, path: string) =>
  new AwsError(
    'UnknownOperationException',
    `${method} ${path} of EventBridge Scheduler is not available on the local platform, which knows CreateSchedule, UpdateSchedule, GetSchedule, DeleteSchedule and ListSchedules`,
    { statusCode: 404 },
  );

const describe = ({ arn, name, properties, createdAtMs, changedAtMs }: Schedule): object => ({
  ...properties,
  ...(properties.StartDate === undefined ? {} : { StartDate: new Date(properties.StartDate) }),
  ...(properties.EndDate === undefined ? {} : { EndDate: new Date(properties.EndDate) }),
  Arn: arn,
  Name: name,
  CreationDate: new Date(createdAtMs),
  LastModificationDate: new Date(changedAtMs),
});

function list(query: URLSearchParams, watch: ScheduleWatch): object {
  const group = query.get('ScheduleGroup');
  const prefix = query.get('NamePrefix') ?? '';
  const found = watch
    .list()
    .filter(({ name, properties }) => name.startsWith(prefix) && (group === null || properties.GroupName === group));
  return {
    Schedules: found.map(({ arn, name, properties, createdAtMs, changedAtMs }) => ({
      Arn: arn,
      Name: name,
      GroupName: properties.GroupName,
      State: properties.State,
      Target: { Arn: properties.Target.Arn },
      CreationDate: new Date(createdAtMs),
      LastModificationDate: new Date(changedAtMs),
    })),
  };
}
