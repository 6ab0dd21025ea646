import assert from 'node:assert/strict';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

describe('the command palette', () => {
  const workbench = useWorkbench();

  it('offers what Sentinel can do, and not what it cannot do now', async () => {
    const { page } = workbench();
    await workbench().sentinelRuns();
    // Before the palette: Escape and F1 put notifications away.
    assert.equal(await page.locator('.notification-toast').count(), 0, 'nothing pops up at start');
    // One by one: the list shows no more than has room.
    for (const title of [
      'Show Live Panel',
      'Pause Live Metrics',
      'Scan File for Threats',
      'Scan Workspace for Threats',
      'Show Log',
    ]) {
      const entry = `Sentinel: ${title}`;
      const entries = await workbench().paletteEntries(entry, entry);
      assert.ok(
        entries.some((found) => found.startsWith(entry)),
        `${title} is missing`,
      );
    }
    for (const [title, offered] of [
      ['Resume Live Metrics', 'Pause Live Metrics'],
      ['Scan for Threats', 'Scan File for Threats'],
    ] as const) {
      const search = title.replace(/^\w+ /, '');
      const entries = await workbench().paletteEntries(`Sentinel: ${search}`, `Sentinel: ${offered}`);
      assert.ok(!entries.some((entry) => entry.startsWith(`Sentinel: ${title}`)), `${title} is offered`);
    }
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
    await chosen.filter({ hasText: 'Sentinel' }).first().waitFor({ state: 'attached', timeout: 90_000 });
  });
});
