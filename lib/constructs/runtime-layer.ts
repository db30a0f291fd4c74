import { type Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { nodeArchitecture } from './architecture.ts';
import { bundledPart, DEFAULT_BUNDLE_FOLDER } from './bundle-folder.ts';

export interface RuntimeLayerProps {
  /** Processor that the native library is for. */
  readonly architecture: Architecture;
  /** Folder that `npm run bundle` writes. @default - the package's own `dist` */
  readonly bundleFolder?: string;
}

/**
 * ONNX Runtime for Lambda, as the package `onnxruntime-node`: the native library is too large for every function's own
 * bundle and changes with its version only.
 */
export class RuntimeLayer extends Construct {
  readonly layer: LayerVersion;

  constructor(scope: Construct, id: string, props: RuntimeLayerProps) {
    super(scope, id);
    const name = `onnxruntime-${nodeArchitecture(props.architecture)}`;
    this.layer = new LayerVersion(this, 'Layer', {
      description: `ONNX Runtime for Node.js on ${nodeArchitecture(props.architecture)}`,
      code: Code.fromAsset(bundledPart(props.bundleFolder ?? DEFAULT_BUNDLE_FOLDER, `layers/${name}`)),
      compatibleArchitectures: [props.architecture],
      compatibleRuntimes: [Runtime.NODEJS_24_X],
    });
  }
}
