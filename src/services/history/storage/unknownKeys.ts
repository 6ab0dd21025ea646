/**
 * Whether what came from outside has keys, however deep, that parsing left out of what it understood. Both are JSON, and
 * parsing only leaves out.
 */
export function hasUnknownKeys(input: unknown, understood: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false;
  if (typeof understood !== 'object' || understood === null) return true;
  return Object.entries(input).some(
    ([key, value]) =>
      !Object.hasOwn(understood, key) || hasUnknownKeys(value, (understood as Record<string, unknown>)[key]),
  );
}
