import { Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
  type ThrottleSettings,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Auth } from '../config.ts';

export interface GatewayProps {
  /** Who may call. @default - callers that AWS IAM allows to invoke the route (SigV4) */
  readonly auth?: Auth;
  /** Requests that the API takes. @default - half of what an account starts with: 5000 a second, bursts of 2500 */
  readonly throttle?: ThrottleSettings;
  /** How long the access log is kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

// Half, so that this API cannot starve every other API of the account and region.
const DEFAULT_THROTTLE: ThrottleSettings = { rateLimit: 5000, burstLimit: 2500 };

/** Which request, by which route, how it ended and how long it took: no address, no identity, nothing of a payload. */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLength: '$context.responseLength',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
};

/** The HTTPS front: one HTTP API whose every route has the same authorization. */
export class Gateway extends Construct {
  readonly api: HttpApi;
  private readonly authorizer: IHttpRouteAuthorizer;
  private readonly auth: Auth;

  constructor(scope: Construct, id: string, props: GatewayProps = {}) {
    super(scope, id);
    this.auth = props.auth ?? { kind: 'iam' };
    this.authorizer = createAuthorizer(this.auth);
    this.api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      description: 'Model inference and registry',
      createDefaultStage: false,
      defaultAuthorizer: this.authorizer,
    });
    const log = new LogGroup(this, 'AccessLog', { retention: props.logRetention ?? RetentionDays.ONE_MONTH });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: props.throttle ?? DEFAULT_THROTTLE,
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
    });
  }

  /** The API's base URL, without a slash at its end. */
  get url(): string {
    return this.api.apiEndpoint;
  }

  /**
   * Sends requests to a function.
   *
   * @param owner the construct that the routes are for: they come and go with it
   * @param routes keys such as `GET /v2/models/{service}`
   */
  addRoutes(owner: Construct, handler: IFunction, routes: readonly string[]): HttpRoute[] {
    // One permission for the whole API: a permission per route would soon fill the function's policy of 20 KB.
    const integration = new HttpLambdaIntegration('Integration', handler, { scopePermissionToRoute: false });
    return routes.map((route) => this.addRoute(owner, integration, route));
  }

  /** Sends every request that no route matches to a function. */
  addFallback(owner: Construct, handler: IFunction): void {
    // A permission of its own: the fallback's ARN ends after the stage, where the one for the whole API wants a path.
    this.addRoute(owner, new HttpLambdaIntegration('FallbackIntegration', handler));
  }

  private addRoute(owner: Construct, integration: HttpLambdaIntegration, route?: string): HttpRoute {
    const [method, path] = route?.split(' ') ?? [];
    const created = new HttpRoute(owner, route ?? 'Fallback', {
      httpApi: this.api,
      routeKey: path === undefined ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, method as HttpMethod),
      integration,
      authorizer: this.authorizer,
    });
    if (this.auth.kind === 'none') {
      Validations.of(created).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: `Open to everybody by choice: ${this.auth.reason}`,
      });
    }
    return created;
  }
}

function createAuthorizer(auth: Auth): IHttpRouteAuthorizer {
  switch (auth.kind) {
    case 'iam':
      return new HttpIamAuthorizer();
    case 'jwt':
      return new HttpJwtAuthorizer('Jwt', auth.issuer, { jwtAudience: [...auth.audience] });
    case 'none':
      return new HttpNoneAuthorizer();
  }
}
