import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../e2e/support/until';
import type { Workbench } from '../../e2e/support/workbench';

/** Through the dialog, which is where the palette leads without an open editor. */
export async function chooseFile(workbench: Workbench, command: string, file: string): Promise<void> {
  await workbench.runCommand(command);
  const input = workbench.page.locator('.quick-input-widget:visible input[type="text"]:visible').first();
  // The dialog fills in the folder it begins with, a moment after it is there.
  await until('the folder of the dialog', async () => (await input.inputValue()).startsWith('/'));
  await until('the path in the dialog', async () => {
    await input.fill(file);
    await delay(500);
    return (await input.inputValue()) === file;
  });
  await workbench.page.keyboard.press('Enter');
  await leavePointer(workbench);
}

/** Away from what would show a hover. */
export async function leavePointer(workbench: Workbench): Promise<void> {
  await workbench.page.mouse.move(700, 500);
}
