/** Version numbers start at 1, and their sort keys have eight digits. */
export const VERSION_LIMIT = 99_999_999;

export const isVersionNumber = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= VERSION_LIMIT;
