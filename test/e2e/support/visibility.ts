import type { Locator } from 'playwright-core';

/** Whether something goes from the screen within a time; what is not there has gone. */
export async function becomesHidden(locator: Locator, limitMs: number): Promise<boolean> {
  try {
    await locator.waitFor({ state: 'hidden', timeout: limitMs });
    return true;
  } catch {
    return false;
  }
}
