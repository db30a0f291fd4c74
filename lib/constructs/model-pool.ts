import { Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { POOL_ROUTES } from '../../core/contracts/routes.ts';
import type { AdmissionBudget } from '../../core/domain/admission/admission-budget.ts';
import { type AdmissionProps, budgetOf } from './admission-props.ts';
import type { Gateway } from './gateway.ts';
import { DEFAULT_INFERENCE_TIMEOUT, InferenceFunction, type InferenceFunctionProps } from './inference-function.ts';

export interface ModelPoolProps extends Omit<InferenceFunctionProps, 'description' | 'memory'> {
  /** Memory of the function; models take 40 % of it together. @default Size.mebibytes(2048) */
  readonly memory?: Size;
  readonly gateway: Gateway;
  /** What a model may take to be registered under a name that is not declared. @default - half of the function's memory and timeout */
  readonly admission?: AdmissionProps;
}

/** One function that serves every model whose name is not declared: loaded on demand, released by use. */
export class ModelPool extends InferenceFunction {
  readonly budget: AdmissionBudget;

  constructor(scope: Construct, id: string, props: ModelPoolProps) {
    const { gateway, admission, ...options } = props;
    const limits = {
      memory: options.memory ?? Size.mebibytes(2048),
      timeout: options.timeout ?? DEFAULT_INFERENCE_TIMEOUT,
    };
    super(scope, id, { ...options, ...limits, description: 'Serves every model whose name is not declared' });
    this.budget = budgetOf(this.node.path, { ...limits, admission });
    props.registry.grantReadEveryService(this.function);
    props.registry.grantRecordEveryCrash(this.function);
    gateway.addRoutes(this, this.function, POOL_ROUTES);
  }
}
