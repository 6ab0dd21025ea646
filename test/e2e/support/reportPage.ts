import type { Browser } from 'playwright-core';
import type { ReportToHost } from '../../../src/shared/protocol/report';
import { WebviewPage } from './webviewPage';

/** The document of a report, as an editor tab has it. */
export type ReportDocument = WebviewPage<ReportToHost>;

export function openReportPage(
  browser: Browser,
  theme: string,
  widthPx: number,
  state?: unknown,
): Promise<ReportDocument> {
  return WebviewPage.open<ReportToHost>(browser, {
    bundle: 'report',
    surface: 'editor',
    theme,
    widthPx,
    state,
  });
}
