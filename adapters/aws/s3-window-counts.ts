import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { SLOT_MS } from '../../core/contracts/monitor.ts';
import { countsOf } from '../../core/contracts/object-keys.ts';
import { EMPTY_TALLY, mergeTallies, tallyFromJson } from '../../core/domain/capture/capture-tally.ts';
import { emptyProfile, mergeProfiles } from '../../core/domain/drift/profile/merge-profiles.ts';
import type { ProfilePlan } from '../../core/domain/drift/profile/profile.ts';
import { malformed, profileFromJson, profileToJson } from '../../core/domain/drift/profile/profile-json.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import { compactTime, parseCompactTime } from '../../core/domain/windows/window-time.ts';
import type { CountsKey, CountsOfSpan, KeptSlot, WindowCounts } from '../../core/ports/window-counts.ts';
import { chunks } from './chunks.ts';
import { contentHash } from './content-hash.ts';
import { inParallel } from './in-parallel.ts';

const FORMAT = 1;
/** Below what the SDK opens connections for. */
const READS_AT_ONCE = 16;

/** Counts beside the captures; see core/contracts/object-keys.ts for their keys. */
export function s3WindowCounts({ client, bucketName }: { client: S3Client; bucketName: string }): WindowCounts {
  const keysOf = async (prefix: string, range: { from: string; to: string }): Promise<string[]> => {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucketName,
          Prefix: prefix,
          ContinuationToken: token,
          // Keys sort by time: all before the first slot is passed over by S3.
          ...(token === undefined && { StartAfter: range.from }),
        }),
      );
      const found = (page.Contents ?? []).map(({ Key = '' }) => Key);
      keys.push(...found.filter((key) => key < range.to));
      token = found.some((key) => key >= range.to) ? undefined : page.NextContinuationToken;
    } while (token !== undefined);
    return keys;
  };

  const readCounts = async (key: string, plan: ProfilePlan): Promise<Omit<CountsOfSpan, 'objects'>> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucketName, Key: key }));
    const { format, tally, profile } = JSON.parse((await Body?.transformToString()) ?? '') as Record<string, unknown>;
    if (format !== FORMAT) throw malformed(`the format of ${key} is ${JSON.stringify(format)}, ${FORMAT} is read`);
    return { profile: profileFromJson(profile, plan), tally: tallyFromJson(tally) };
  };

  return {
    async keep(version, { key, counts }) {
      const name = contentHash(new TextEncoder().encode(key));
      const keepOne = async ({ fromMs, profile, tally }: (typeof counts)[number]): Promise<KeptSlot> => {
        const place = { Bucket: bucketName, Key: `${slotFolder(version, fromMs)}${name}.json` };
        const Body = JSON.stringify({ format: FORMAT, object: key, tally, profile: profileToJson(profile) });
        await client.send(new PutObjectCommand({ ...place, Body, ContentType: 'application/json' }));
        // The answer to a write does not tell when it was.
        const { LastModified } = await client.send(new HeadObjectCommand(place));
        if (LastModified === undefined) throw new Error(`S3 does not tell when ${place.Key} was written`);
        return { fromMs, keptAtMs: LastModified.getTime() };
      };
      return reach('PutObject', () => inParallel(counts, READS_AT_ONCE, keepOne));
    },

    async sum(version, { plan, fromMs, toMs }) {
      const range = { from: slotFolder(version, fromMs), to: slotFolder(version, toMs) };
      const prefix = commonPrefix(range.from, slotFolder(version, toMs - SLOT_MS));
      const keys = await reach('ListObjectsV2', () => keysOf(prefix, range));
      const none: CountsOfSpan = { profile: emptyProfile(plan), tally: EMPTY_TALLY, objects: keys.length };
      let sum = none;
      // In the order of keys, so that the same counts give the same sums to the last digit.
      for (const some of chunks(keys, READS_AT_ONCE)) {
        const counted = await Promise.all(some.map((key) => reach('GetObject', () => readCounts(key, plan))));
        sum = {
          ...none,
          profile: mergeProfiles(sum.profile, ...counted.map(({ profile }) => profile)),
          tally: mergeTallies(sum.tally, ...counted.map(({ tally }) => tally)),
        };
      }
      return sum;
    },

    async firstFrom(version, fromMs) {
      const { Contents = [] } = await reach('ListObjectsV2', () =>
        client.send(
          new ListObjectsV2Command({
            Bucket: bucketName,
            Prefix: countsOf(version),
            StartAfter: slotFolder(version, fromMs),
            MaxKeys: 1,
          }),
        ),
      );
      const key = Contents[0]?.Key;
      return key === undefined ? undefined : slotIn(key);
    },
  };
}

const slotFolder = (version: CountsKey, slotMs: number): string => `${countsOf(version)}${compactTime(slotMs)}/`;

const slotIn = (key: string): number => parseCompactTime(key.split('/').at(-2) ?? '');

/** What S3 has to look through is no more than what both keys begin with. */
function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

async function reach<T>(operation: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause;
    throw new PlatformError('captures.unavailable', {
      message: 'counts of captures cannot be kept or read at the moment; try again',
      details: { key: operation },
      cause,
    });
  }
}
