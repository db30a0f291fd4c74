import { resource } from '../local/assembly/assembly-fixture.ts';

/** A template with one HTTP API and one function behind `ANY /{path+}`, whose code stands in the template. */
export function appTemplate(code: string, more: Record<string, unknown> = {}) {
  return {
    Resources: {
      Role: resource('AWS::IAM::Role'),
      Function: resource('AWS::Lambda::Function', {
        Code: { ZipFile: code },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Timeout: 20,
      }),
      Api: resource('AWS::ApiGatewayV2::Api', { Name: 'Api', ProtocolType: 'HTTP' }),
      Stage: resource('AWS::ApiGatewayV2::Stage', { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true }),
      Integration: resource('AWS::ApiGatewayV2::Integration', {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': ['Function', 'Arn'] },
        PayloadFormatVersion: '2.0',
      }),
      Route: resource('AWS::ApiGatewayV2::Route', {
        ApiId: { Ref: 'Api' },
        RouteKey: 'ANY /{path+}',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      }),
      ...more,
    },
  };
}
