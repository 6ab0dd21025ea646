import type { Browser } from 'playwright-core';
import type { PanelToHost } from '../../../src/shared/protocol/panel';
import { WebviewPage } from './webviewPage';

/** The live panel's document, as the side bar has it. */
export type PanelPage = WebviewPage<PanelToHost>;

export function openPanelPage(browser: Browser, theme: string, widthPx: number): Promise<PanelPage> {
  return WebviewPage.open<PanelToHost>(browser, { bundle: 'live', surface: 'sidebar', theme, widthPx });
}
