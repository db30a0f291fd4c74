import { Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { POOL_ROUTES } from '../../core/contracts/routes.ts';
import type { Gateway } from './gateway.ts';
import { InferenceFunction, type InferenceFunctionProps } from './inference-function.ts';

export interface ModelPoolProps extends Omit<InferenceFunctionProps, 'description' | 'memory'> {
  /** Memory of the function; models take 40 % of it together. @default Size.mebibytes(2048) */
  readonly memory?: Size;
  readonly gateway: Gateway;
}

/** One function that serves every model whose name is not declared: loaded on demand, released by use. */
export class ModelPool extends InferenceFunction {
  constructor(scope: Construct, id: string, props: ModelPoolProps) {
    const { gateway, memory, ...options } = props;
    super(scope, id, {
      ...options,
      description: 'Serves every model whose name is not declared',
      memory: memory ?? Size.mebibytes(2048),
    });
    props.registry.grantReadEveryService(this.function);
    props.registry.grantRecordEveryCrash(this.function);
    gateway.addRoutes(this, this.function, POOL_ROUTES);
  }
}
