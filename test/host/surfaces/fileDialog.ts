import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../e2e/support/until';
import type { Workbench } from '../../e2e/support/workbench';

/** Through the dialog, which is where the palette leads without an open editor. */
export async function chooseFile(workbench: Workbench, command: string, file: string): Promise<void> {
  await workbench.runCommand(command);
  const dialog = workbench.page.locator('.quick-input-widget:visible');
  const input = dialog.locator('input[type="text"]:visible').first();
  // The dialog fills in the folder it begins with, a moment after it is there.
  await until('the folder of the dialog', async () => (await input.inputValue()).startsWith('/'));
  await until(
    'the dialog to take the path',
    async () => {
      await input.fill(file, { timeout: 2_000 });
      // It looks at what is there, and goes on from what it had when Enter comes before.
      await delay(1_000);
      await workbench.page.keyboard.press('Enter');
      await dialog.filter({ hasText: /Please select|does not exist/ }).waitFor({ state: 'hidden' });
      return until('the dialog to close', async () => !(await input.isVisible()), 3_000);
    },
    40_000,
  );
  await leavePointer(workbench);
}

/** Away from what would show a hover. */
export async function leavePointer(workbench: Workbench): Promise<void> {
  await workbench.page.mouse.move(700, 500);
}
