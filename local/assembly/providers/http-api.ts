import * as z from 'zod';
import type { FunctionHost } from '../../functions/function-host.ts';
import { parseFunctionName } from '../../functions/function-name.ts';
import type { CorsConfiguration } from '../../gateway/cors.ts';
import type { HttpApi } from '../../gateway/http-api.ts';
import type { Integration } from '../../gateway/integration.ts';
import { stableId } from '../physical-name.ts';
import { boolean, defineProvider, noEffect, number, type Providers, type Resource } from '../provider.ts';

/** Starts the server of a new API. @returns it with its URL */
export type OpenHttpApi = (api: {
  apiId: string;
  accountId: string;
  cors: CorsConfiguration | undefined;
}) => Promise<{ api: HttpApi; url: string }>;

const TAGS = 'nothing reads tags';
const DESCRIPTION = 'nothing shows it';
const ANY_NAME = { maxLength: 128 };
const texts = () => z.array(z.string()).optional();

const ApiProperties = z.strictObject({
  CorsConfiguration: z
    .strictObject({
      AllowCredentials: boolean().optional(),
      AllowHeaders: texts(),
      AllowMethods: texts(),
      AllowOrigins: texts(),
      ExposeHeaders: texts(),
      MaxAge: number().optional(),
    })
    .optional(),
  Description: noEffect(DESCRIPTION),
  DisableExecuteApiEndpoint: noEffect('there is only one address'),
  FailOnWarnings: noEffect('nothing is imported'),
  IpAddressType: noEffect('the address is given at start'),
  Name: z.string(),
  ProtocolType: z.literal('HTTP', 'only HTTP APIs are available on the local platform, no WebSocket APIs'),
  RouteSelectionExpression: noEffect('HTTP APIs have one only'),
  Tags: noEffect(TAGS),
  Version: noEffect(DESCRIPTION),
});

const StageProperties = z.strictObject({
  AccessLogSettings: noEffect('there are no access logs'),
  ApiId: z.string(),
  AutoDeploy: noEffect('every route is live at once'),
  DefaultRouteSettings: noEffect('requests are not throttled'),
  DeploymentId: noEffect('every route is live at once'),
  Description: noEffect(DESCRIPTION),
  RouteSettings: noEffect('requests are not throttled'),
  StageName: z.string(),
  StageVariables: z.record(z.string(), z.string()).optional(),
  Tags: noEffect(TAGS),
});

const IntegrationProperties = z.strictObject({
  ApiId: z.string(),
  ConnectionType: z.literal('INTERNET').optional(),
  CredentialsArn: noEffect('nothing checks permissions on one machine'),
  Description: noEffect(DESCRIPTION),
  IntegrationMethod: noEffect('functions are invoked, not called by a method'),
  IntegrationType: z.literal(
    'AWS_PROXY',
    'only AWS_PROXY integrations with a function are available on the local platform',
  ),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0', 'only payload format 2.0 is available on the local platform'),
  TimeoutInMillis: number().min(50).max(30_000).default(30_000),
});

const RouteProperties = z.strictObject({
  ApiId: z.string(),
  ApiKeyRequired: noEffect('HTTP APIs have no keys'),
  AuthorizationScopes: noEffect('authorization is not enforced on loopback'),
  AuthorizationType: z.enum(['NONE', 'AWS_IAM', 'JWT']).default('NONE'),
  AuthorizerId: noEffect('authorization is not enforced on loopback'),
  OperationName: noEffect(DESCRIPTION),
  RouteKey: z.string(),
  Target: z.string(),
});

const AuthorizerProperties = z.strictObject({
  ApiId: z.string(),
  AuthorizerType: z.literal('JWT', 'only JWT authorizers are available on the local platform, no REQUEST authorizers'),
  IdentitySource: noEffect('authorization is not enforced on loopback'),
  JwtConfiguration: noEffect('authorization is not enforced on loopback'),
  Name: z.string(),
});

export function httpApiProviders({ host, openApi }: { host: FunctionHost; openApi: OpenHttpApi }): Providers {
  const apis = new Map<string, HttpApi>();
  const integrations = new Map<string, Integration>();
  const idOf = (resource: Resource, length = 7): string => stableId([resource.stack.name, resource.logicalId], length);
  const apiOf = (resource: Resource, apiId: string): HttpApi =>
    apis.get(apiId) ?? resource.refuse(`there is no HTTP API ${apiId} on the local platform`);

  return {
    'AWS::ApiGatewayV2::Api': defineProvider({
      properties: ApiProperties,
      naming: { property: 'Name', maxLength: 128 },
      async create(resource) {
        const apiId = idOf(resource, 10);
        const { api, url } = await openApi({
          apiId,
          accountId: resource.stack.account,
          cors: resource.properties.CorsConfiguration,
        });
        apis.set(apiId, api);
        return { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint: url } };
      },
    }),
    'AWS::ApiGatewayV2::Stage': defineProvider({
      properties: StageProperties,
      naming: ANY_NAME,
      create(resource) {
        const { ApiId, StageName, StageVariables } = resource.properties;
        apiOf(resource, ApiId).addStage(StageName, StageVariables);
        return { ref: StageName, attributes: {} };
      },
    }),
    'AWS::ApiGatewayV2::Integration': defineProvider({
      properties: IntegrationProperties,
      naming: ANY_NAME,
      create(resource) {
        const id = idOf(resource);
        const { IntegrationUri, TimeoutInMillis } = resource.properties;
        integrations.set(id, functionIntegration(resource, host, { uri: IntegrationUri, timeoutMs: TimeoutInMillis }));
        return { ref: id, attributes: { IntegrationId: id } };
      },
    }),
    'AWS::ApiGatewayV2::Authorizer': defineProvider({
      properties: AuthorizerProperties,
      naming: ANY_NAME,
      create(resource) {
        const id = idOf(resource);
        return { ref: id, attributes: { AuthorizerId: id } };
      },
    }),
    'AWS::ApiGatewayV2::Route': defineProvider({
      properties: RouteProperties,
      naming: ANY_NAME,
      create(resource) {
        const { ApiId, AuthorizationType, RouteKey, Target } = resource.properties;
        const integration =
          integrations.get(Target.replace(/^integrations\//, '')) ??
          resource.refuse(`its target ${Target} is no integration`);
        const route = { integration, authorizer: authorizerContext(AuthorizationType, resource.stack.account) };
        try {
          apiOf(resource, ApiId).addRoute(RouteKey, route);
        } catch (cause) {
          if (!(cause instanceof RangeError)) throw cause;
          resource.refuse(cause.message);
        }
        return { ref: idOf(resource), attributes: { RouteId: idOf(resource) } };
      },
    }),
  };
}

const INVOCATION_URI = /^arn:aws[a-z-]*:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

function functionIntegration(
  resource: Resource,
  host: FunctionHost,
  { uri, timeoutMs }: { uri: string; timeoutMs: number },
): Integration {
  const arn = INVOCATION_URI.exec(uri)?.[1] ?? uri;
  const { name } = parseFunctionName(arn) ?? resource.refuse(`its IntegrationUri ${uri} names no function`);
  if (host.find(name) === undefined) resource.refuse(`its function ${name} is not in the assembly`);
  return { timeoutMs, invoke: (event) => host.invoke(name, { ...event, arn, splitAnswer: true }) };
}

/** What a handler sees of the caller: on loopback always the account itself. */
function authorizerContext(type: 'NONE' | 'AWS_IAM' | 'JWT', account: string): Record<string, unknown> | undefined {
  if (type === 'NONE') return undefined;
  if (type === 'JWT') return { jwt: { claims: {}, scopes: null } };
  return {
    iam: {
      accessKey: 'local',
      accountId: account,
      callerId: account,
      cognitoIdentity: null,
      principalOrgId: null,
      userArn: `arn:aws:iam::${account}:root`,
      userId: account,
    },
  };
}
