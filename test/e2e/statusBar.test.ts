import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

describe('the status bar', () => {
  const workbench = useWorkbench({ settings: { 'sentinel.metrics.backgroundIntervalSeconds': 1 } });

  it('shows CPU use, and more on hover', async () => {
    const item = await workbench().sentinelRuns();
    const tooltip = workbench()
      .page.locator('.workbench-hover-container')
      .filter({ hasText: /memory/i });
    // Figures that come meanwhile may take it away.
    await until('the tooltip', async () => {
      await workbench().page.mouse.move(600, 300);
      await item.hover();
      await tooltip.first().waitFor({ timeout: 8_000 });
      return true;
    });
  });

  it('opens the live panel on a click', async () => {
    await workbench()
      .statusBarItem(/\d+ ?%/)
      .click();
    await workbench().webviewFrame('.panel main');
  });
});
