import type { Locator } from 'playwright-core';
import { until } from './until';

/** Opens a row of a tree; one that is open is left as it is, however often this is asked for. */
export async function expand(row: Locator): Promise<void> {
  await until('the row to be open', async () => {
    if ((await row.getAttribute('aria-expanded')) === 'true') return true;
    await row.locator('.monaco-tl-twistie').click();
    return until(
      'the click to take effect',
      async () => {
        return (await row.getAttribute('aria-expanded')) === 'true';
      },
      5_000,
    );
  });
}
