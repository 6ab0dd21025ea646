import { format } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import type { HostServer } from './server';
import { ToolError } from './toolError';

export interface HostTestOptions {
  /** Folder of the extension under test. */
  readonly extension: string;
  /** CommonJS file whose `run()` is called inside the extension host. */
  readonly entry: string;
  /** Opened in the workbench. */
  readonly folder: string;
  readonly limitMs: number;
  /** A line of the workbench's or the extension host's console. */
  readonly onLog: (line: string) => void;
}

/**
 * Opens a workbench whose extension host loads an extension from its folder and calls a test entry. Needs a server
 * started with `smokeTestDriver`. Resolves with the exit code that the host reported.
 */
export async function runInExtensionHost(
  server: HostServer,
  browser: Browser,
  options: HostTestOptions,
): Promise<number> {
  const page = await browser.newPage();
  try {
    const ended = exitCode(page, options.limitMs);
    // Awaited at the end; a failure that comes earlier must not count as unhandled.
    ended.catch(() => undefined);
    await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
      options.onLog(format(...args));
    });
    const remote = (path: string): string => `vscode-remote://${server.authority}${path}`;
    await page.goto(
      server.address(options.folder, [
        ['extensionDevelopmentPath', remote(options.extension)],
        ['extensionTestsPath', remote(options.entry)],
      ]),
    );
    return await ended;
  } finally {
    await page.close();
  }
}

async function exitCode(page: Page, limitMs: number): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new ToolError(`The extension host did not finish within ${limitMs / 1000} s.`));
    }, limitMs);
    page.once('close', () => {
      clearTimeout(timer);
      reject(new ToolError('The page of the extension host was closed.'));
    });
    page.once('crash', () => {
      reject(new ToolError('The page of the extension host crashed.'));
    });
    page.exposeFunction('codeAutomationExit', resolve).catch(reject);
  });
}
