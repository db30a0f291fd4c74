import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { KeelsonPlatform, ModelService } from '../../lib/index.ts';

// Keelson inside a CDK app of your own: the same constructs that keelson.config.ts is turned into.
const app = new App();
const stack = new Stack(app, 'Shop');

// Serves every model that is registered, whatever its name, from one shared function.
const platform = new KeelsonPlatform(stack, 'Models', {
  pool: { memory: Size.gibibytes(4) },
});

// A function, a role and limits of its own for the model that matters most.
const fraud = new ModelService(stack, 'Fraud', {
  platform,
  serviceName: 'fraud',
  memory: Size.gibibytes(1),
  timeout: Duration.seconds(5),
  reservedConcurrency: 50,
});

// Callers sign their requests; this one may call fraud, and nothing else.
const checkout = new Role(stack, 'Checkout', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
fraud.grantInvoke(checkout);

app.synth();
