import * as z from 'zod';
import { AwsError } from '../../rpc/aws-error.ts';
import { defineOperation, type Operation } from '../../rpc/operation.ts';

/** Dashboards as templates declare them: kept while the platform runs, drawn by nobody. */
export type Dashboards = Map<string, string>;

/** GetDashboard and ListDashboards. */
export function dashboardOperations(dashboards: Dashboards, account: string): Readonly<Record<string, Operation>> {
  const arn = (name: string) => `arn:aws:cloudwatch::${account}:dashboard/${name}`;
  return {
    GetDashboard: defineOperation(z.strictObject({ DashboardName: z.string() }), ({ DashboardName: name }) => {
      const body = dashboards.get(name);
      if (body !== undefined) return { DashboardArn: arn(name), DashboardBody: body, DashboardName: name };
      throw new AwsError('ResourceNotFound', `Dashboard ${name} does not exist`, { statusCode: 404 });
    }),
    ListDashboards: defineOperation(
      z.strictObject({ DashboardNamePrefix: z.string().default(''), NextToken: z.string().optional() }),
      ({ DashboardNamePrefix: prefix }) => ({
        DashboardEntries: [...dashboards]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, body]) => ({ DashboardName: name, DashboardArn: arn(name), Size: Buffer.byteLength(body) })),
      }),
    ),
  };
}
