import { after, afterEach, before } from 'mocha';
import { currentSession } from './session';
import { windowState } from './windowState';
import { Workbench, type WorkbenchOptions } from './workbench';

/**
 * Opens a window before the tests of the surrounding suite and closes it after them; a test that fails leaves a
 * picture of it in `out/e2e/screenshots` and says in words what it showed. Returns the way to the window for inside the tests.
 */
export function useWorkbench(options: WorkbenchOptions = {}): () => Workbench {
  let workbench: Workbench | undefined;

  before(async function () {
    this.timeout(300_000);
    const { server, browser, workspace, screenshots } = currentSession();
    workbench = await Workbench.open(server, browser, workspace, screenshots, options);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed' || !workbench) return;
    console.log(`      screenshot: ${await workbench.screenshot(this.currentTest.fullTitle())}`);
    console.log(await windowState(workbench.page));
  });

  after(async () => {
    await workbench?.close();
  });

  return () => {
    if (!workbench) throw new Error('The window is open only while tests and their hooks run.');
    return workbench;
  };
}
