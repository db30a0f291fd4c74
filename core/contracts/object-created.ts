import * as z from 'zod';

/** S3's event of a new object, of what is read of it. */
export const ObjectCreated = z.object({
  detail: z.object({ object: z.object({ key: z.string().min(1) }) }),
});
