/** A stream that writes into a bucket. */
export interface DeliveryStream {
  readonly name: string;
  readonly arn: string;
  readonly bucket: string;
  readonly roleArn: string;
  readonly prefix?: string | undefined;
  readonly errorOutputPrefix?: string | undefined;
  readonly fileExtension: string;
  readonly bufferIntervalMs: number;
  readonly bufferBytes: number;
}
