import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

describe('the log file', () => {
  const workbench = useWorkbench();

  it('tells of the start, line by line in one format', async () => {
    await workbench()
      .statusBarItem(/\d+ ?%/)
      .waitFor();
    const pattern = 'logs/**/sentinel-suite.sentinel/*.log';
    const text = await until('a log file', () => {
      const cwd = currentSession().server.userDataFolder;
      const files = globSync(pattern, { cwd }).map((file) => readFileSync(`${cwd}/${file}`, 'utf8'));
      return Promise.resolve(files.find((content) => content.includes('startup')));
    });
    for (const line of text.trim().split('\n')) {
      assert.match(line, /^(\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \[[A-Z ]{8}\] [\w.]+: |\s)/);
    }
  });
});
