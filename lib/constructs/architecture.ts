import { Architecture } from 'aws-cdk-lib/aws-lambda';

/** What Node.js calls Lambda's processors: the layer's folders follow Node. */
export const nodeArchitecture = (architecture: Architecture): 'arm64' | 'x64' =>
  architecture === Architecture.ARM_64 ? 'arm64' : 'x64';
