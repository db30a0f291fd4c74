import * as z from 'zod';
import { SERVICE_NAME_PATTERN } from './service-name-pattern.ts';

export const ServiceName = z
  .string()
  .regex(
    SERVICE_NAME_PATTERN,
    'a service name is 1 to 63 letters, digits, "-" or "_", and starts with a letter or digit',
  );
