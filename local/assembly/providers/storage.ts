import * as z from 'zod';
import { defineProvider, type Providers, type Resource } from '../provider.ts';

/** What the storage services take; they judge the values themselves. */
export interface Storage {
  createBucket(name: string, properties: Record<string, unknown>): void;
  createTable(name: string, properties: Record<string, unknown>): void;
}

// The services know their properties and refuse the rest themselves.
const BucketProperties = z.looseObject({ BucketName: z.string().optional() });
const TableProperties = z.looseObject({ TableName: z.string().optional() });

// A global table of one region is a table; its replica holds settings that have no effect here.
const GlobalTableProperties = TableProperties.extend({
  Replicas: z.array(z.unknown()).max(1, 'a table in several regions is not available on the local platform'),
});

/** The service's own refusal, with the place in the app that it is about. */
function make(resource: Resource, create: () => void): void {
  try {
    create();
  } catch (cause) {
    resource.refuse(cause instanceof Error ? cause.message : String(cause));
  }
}

export function storageProviders(storage: Storage): Providers {
  const tableNaming = { property: 'TableName', maxLength: 255 };
  const table = (name: string, stack: { region: string; account: string }) => ({
    ref: name,
    attributes: { Arn: `arn:aws:dynamodb:${stack.region}:${stack.account}:table/${name}` },
  });
  return {
    'AWS::S3::Bucket': defineProvider({
      properties: BucketProperties,
      naming: { property: 'BucketName', maxLength: 63, lowerCase: true },
      create(resource) {
        const { name, properties, stack } = resource;
        make(resource, () => storage.createBucket(name, properties));
        const domain = `${name}.s3.amazonaws.com`;
        const regional = `${name}.s3.${stack.region}.amazonaws.com`;
        return {
          ref: name,
          attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: domain, RegionalDomainName: regional },
        };
      },
    }),
    'AWS::DynamoDB::Table': defineProvider({
      properties: TableProperties,
      naming: tableNaming,
      create(resource) {
        make(resource, () => storage.createTable(resource.name, resource.properties));
        return table(resource.name, resource.stack);
      },
    }),
    'AWS::DynamoDB::GlobalTable': defineProvider({
      properties: GlobalTableProperties,
      naming: tableNaming,
      create(resource) {
        const { Replicas, ...properties } = resource.properties;
        make(resource, () => storage.createTable(resource.name, properties));
        return table(resource.name, resource.stack);
      },
    }),
  };
}
