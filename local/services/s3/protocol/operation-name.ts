import type { S3Request } from './s3-request.ts';

/** Query parameters that choose another operation on a bucket or an object, and how AWS calls it. */
const BUCKET_SUBRESOURCES: Readonly<Record<string, string>> = {
  accelerate: 'AccelerateConfiguration',
  acl: 'Acl',
  analytics: 'AnalyticsConfiguration',
  cors: 'Cors',
  encryption: 'Encryption',
  'intelligent-tiering': 'IntelligentTieringConfiguration',
  inventory: 'InventoryConfiguration',
  lifecycle: 'LifecycleConfiguration',
  location: 'Location',
  logging: 'Logging',
  metadataConfiguration: 'MetadataConfiguration',
  metrics: 'MetricsConfiguration',
  notification: 'NotificationConfiguration',
  'object-lock': 'ObjectLockConfiguration',
  ownershipControls: 'OwnershipControls',
  policy: 'Policy',
  policyStatus: 'PolicyStatus',
  publicAccessBlock: 'PublicAccessBlock',
  replication: 'Replication',
  requestPayment: 'RequestPayment',
  tagging: 'Tagging',
  versioning: 'Versioning',
  website: 'Website',
};

const OBJECT_SUBRESOURCES: Readonly<Record<string, string>> = {
  acl: 'Acl',
  attributes: 'Attributes',
  encryption: 'Encryption',
  'legal-hold': 'LegalHold',
  retention: 'Retention',
  tagging: 'Tagging',
  torrent: 'Torrent',
};

const VERBS: Readonly<Record<string, string>> = {
  GET: 'Get',
  HEAD: 'Head',
  PUT: 'Put',
  POST: 'Post',
  DELETE: 'Delete',
};

/** What AWS calls the operation that a request asks for, whether it is implemented or not. */
export function operationName(request: S3Request): string {
  if (request.bucket === undefined) return request.method === 'GET' ? 'ListBuckets' : `${request.method} /`;
  return request.key === undefined ? bucketOperation(request) : objectOperation(request);
}

function bucketOperation({ method, query }: S3Request): string {
  const subresource = chosen(BUCKET_SUBRESOURCES, query);
  if (subresource !== undefined) return `${VERBS[method] ?? method}Bucket${subresource}`;
  if (method === 'GET') return bucketListing(query);
  if (method === 'POST') return query.has('delete') ? 'DeleteObjects' : 'PostObject';
  return { HEAD: 'HeadBucket', PUT: 'CreateBucket', DELETE: 'DeleteBucket' }[method] ?? `${method} Bucket`;
}

function bucketListing(query: ReadonlyMap<string, string>): string {
  if (query.has('uploads')) return 'ListMultipartUploads';
  if (query.has('versions')) return 'ListObjectVersions';
  if (query.has('session')) return 'CreateSession';
  return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
}

function objectOperation(request: S3Request): string {
  const { method, query } = request;
  const subresource = chosen(OBJECT_SUBRESOURCES, query);
  if (subresource !== undefined) return `${VERBS[method] ?? method}Object${subresource}`;
  if (query.has('uploadId') || query.has('uploads')) return multipartOperation(request);
  if (method === 'PUT') return putOperation(request);
  if (method === 'POST') return postOperation(query);
  return { GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' }[method] ?? `${method} Object`;
}

function multipartOperation(request: S3Request): string {
  const { method, query } = request;
  if (method === 'POST') return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
  if (method === 'PUT') return request.header('x-amz-copy-source') === undefined ? 'UploadPart' : 'UploadPartCopy';
  return { GET: 'ListParts', DELETE: 'AbortMultipartUpload' }[method] ?? `${method} MultipartUpload`;
}

function putOperation(request: S3Request): string {
  if (request.query.has('renameObject')) return 'RenameObject';
  return request.header('x-amz-copy-source') === undefined ? 'PutObject' : 'CopyObject';
}

function postOperation(query: ReadonlyMap<string, string>): string {
  if (query.has('restore')) return 'RestoreObject';
  return query.has('select') ? 'SelectObjectContent' : 'PostObject';
}

function chosen(names: Readonly<Record<string, string>>, query: ReadonlyMap<string, string>): string | undefined {
  for (const parameter of query.keys()) {
    if (Object.hasOwn(names, parameter)) return names[parameter];
  }
  return undefined;
}
