import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

/** What the windows of this run have logged, newest window last. */
function logs(): string[] {
  const cwd = currentSession().server.userDataFolder;
  return globSync('logs/**/sentinel-suite.sentinel/*.log', { cwd }).map((file) =>
    readFileSync(`${cwd}/${file}`, 'utf8'),
  );
}

describe('the log file', () => {
  const workbench = useWorkbench();

  it('tells of the start, line by line in one format', async () => {
    await workbench().sentinelRuns();
    const text = await until('a log file', () =>
      Promise.resolve(logs().find((content) => content.includes('startup'))),
    );
    for (const line of text.trim().split('\n')) {
      assert.match(line, /^(\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \[[A-Z ]{8}\] [\w.]+: |\s)/);
    }
  });

  it('tells which settings were refused, and Sentinel goes on', async () => {
    await workbench().writeSettings({ 'sentinel.metrics.intervalSeconds': 0 });
    await until('a line about the refused setting', () =>
      Promise.resolve(
        logs().some((text) => /WARNING.*sentinel\.metrics\.intervalSeconds is refused, 3 is used/.test(text)),
      ),
    );
    await workbench().writeSettings({});
    await workbench()
      .statusBarItem(/\d+ ?%/)
      .waitFor();
  });
});
