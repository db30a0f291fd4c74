import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { HourlyPriceCheck } from './hourly-prices.ts';

/** Everything that a synth must pass: AWS's advice by cdk-nag, and no resource with an hourly price. */
export function addChecks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HourlyPriceCheck());
}
