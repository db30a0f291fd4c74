import { NULL_VERSION, type StoredObject } from '../store/object-version.ts';

/** An event of S3 as EventBridge takes it. */
export interface CreatedEvent {
  readonly source: 'aws.s3';
  readonly detailType: 'Object Created';
  readonly resources: readonly string[];
  readonly atMs: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

const SEQUENCER_DIGITS = 16;

/**
 * What S3 tells of an object that was written. Of two events of one key the greater `sequencer` is the later one.
 *
 * @param written.reason the operation, such as `PutObject`
 */
export function createdEvent(
  { bucket, key, size, etag, versionId, seq, modifiedAtMs }: StoredObject,
  { reason, requestId }: { reason: string; requestId: string },
): CreatedEvent {
  return {
    source: 'aws.s3',
    detailType: 'Object Created',
    resources: [`arn:aws:s3:::${bucket}`],
    atMs: modifiedAtMs,
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: {
        key,
        size,
        etag,
        ...(versionId !== NULL_VERSION && { 'version-id': versionId }),
        sequencer: seq.toString(16).toUpperCase().padStart(SEQUENCER_DIGITS, '0'),
      },
      'request-id': requestId,
      requester: 'local',
      'source-ip-address': '127.0.0.1',
      reason,
    },
  };
}
