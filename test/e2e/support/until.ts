import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for a condition that a person would wait for. `probe` answers undefined (or false) while it does not hold yet;
 * its errors count as "not yet" and the last one is told when time is up.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  limitMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  let lastError: unknown;
  do {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await delay(50);
  } while (Date.now() < deadline);
  throw new Error(`Not within ${limitMs / 1000} s: ${what}`, { cause: lastError });
}
