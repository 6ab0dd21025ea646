import type { Locator } from 'playwright-core';
import type { Workbench } from '../../e2e/support/workbench';

/** A view in Sentinel's side bar. */
export function sideBarPane(workbench: Workbench, title: string): Locator {
  const header = workbench.page.locator('.pane-header', { hasText: new RegExp(`^${title}`) });
  return workbench.page.locator('.part.sidebar .pane').filter({ has: header });
}

/** Opens the side bar with these views open and all others closed. */
export async function openPanes(workbench: Workbench, ...titles: readonly string[]): Promise<void> {
  await workbench.openSideBarView('Sentinel');
  for (const title of ['Live', 'Scan History', 'Network', 'System Events']) {
    const header = sideBarPane(workbench, title).locator('.pane-header');
    await header.waitFor();
    const isOpen = (await header.getAttribute('aria-expanded')) === 'true';
    // Not in its middle, where its buttons may be.
    if (isOpen !== titles.includes(title)) await header.click({ position: { x: 10, y: 10 } });
  }
}
