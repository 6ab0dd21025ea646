import assert from 'node:assert/strict';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

describe('the command palette', () => {
  const workbench = useWorkbench();

  it('offers what Sentinel can do, and not what it cannot do now', async () => {
    const { page } = workbench();
    await workbench()
      .statusBarItem(/\d+ ?%/)
      .waitFor();
    // One by one: the list shows no more than has room.
    for (const title of [
      'Show Live Panel',
      'Pause Live Metrics',
      'Scan File for Threats',
      'Scan Workspace for Threats',
      'Show Log',
    ]) {
      const entries = await workbench().paletteEntries(`Sentinel: ${title}`);
      assert.ok(
        entries.some((entry) => entry.startsWith(`Sentinel: ${title}`)),
        `${title} is missing among ${entries.join('; ')}`,
      );
    }
    for (const title of ['Resume Live Metrics', 'Scan for Threats']) {
      const entries = await workbench().paletteEntries(`Sentinel: ${title}`);
      assert.ok(!entries.some((entry) => entry.startsWith(`Sentinel: ${title}`)), `${title} is offered`);
    }
    assert.equal(await page.locator('.notification-toast').count(), 0, 'nothing pops up at start');
  });

  it('copies a snapshot', async () => {
    await workbench().runCommand('Sentinel: Copy Snapshot as JSON');
    await until('the snapshot in the clipboard', async () => {
      const text = await workbench().page.evaluate<string>('navigator.clipboard.readText()');
      return text.includes('"timestamp"');
    });
  });

  it('opens the log', async () => {
    await workbench().runCommand('Sentinel: Show Log');
    const chosen = workbench().page.locator('.part.panel select option:checked');
    // The Output view is made when it is first shown, which takes VS Code its time.
    await chosen.filter({ hasText: 'Sentinel' }).first().waitFor({ state: 'attached', timeout: 45_000 });
  });
});
