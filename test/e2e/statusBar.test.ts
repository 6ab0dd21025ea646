import assert from 'node:assert/strict';
import { useWorkbench } from './support/useWorkbench';

describe('the status bar', () => {
  const workbench = useWorkbench({ settings: { 'sentinel.metrics.backgroundIntervalSeconds': 1 } });

  it('shows CPU use, and more on hover', async () => {
    const item = workbench().statusBarItem(/\d+ ?%/);
    await item.waitFor();
    await item.hover();
    const tooltip = workbench().page.locator('.workbench-hover-container').first();
    await tooltip.waitFor();
    assert.match((await tooltip.textContent()) ?? '', /memory/i);
  });

  it('opens the live panel on a click', async () => {
    await workbench()
      .statusBarItem(/\d+ ?%/)
      .click();
    await workbench().webviewFrame('.panel main');
  });
});
