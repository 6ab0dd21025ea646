import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import type { ScanRecord } from '../../src/shared/scan/record';
import { maliciousFile } from '../unit/support/reportRecords';
import { HistoryPane } from './support/historyPane';
import { SeededHistory } from './support/seededHistory';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

/** Letters of several bytes before what is found, on a line of its own. */
const script = '// Grüße an die Welt 😀\nconst text = "ä";\n\tconst ü = 1; eval(text);\n';
const found = 'eval(text)';

describe('a report in an editor tab', () => {
  const folder = (): string => path.join(currentSession().workspace, 'reported');
  const file = (name: string): string => path.join(folder(), name);
  let history: SeededHistory;

  before(async () => {
    mkdirSync(folder());
    writeFileSync(file('install.js'), script);
    writeFileSync(file('tool.bin'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0]));
    history = await SeededHistory.open(currentSession().server);
    await history.clear();
  });
  const workbench = useWorkbench({ width: 1200, height: 1000 });
  after(async () => {
    await history.clear();
    await history.close();
    rmSync(folder(), { recursive: true, force: true });
  });

  function recordOf(name: string, offset: number, length: number): ScanRecord {
    const [, finding] = maliciousFile().findings;
    const { details } = maliciousFile();
    assert.ok(finding && details?.type === 'file');
    const { size, mtimeMs } = statSync(file(name));
    return maliciousFile({
      id: randomUUID(),
      target: file(name),
      startedAt: Date.now(),
      finishedAt: Date.now(),
      findings: [{ ...finding, matches: [{ offset, length, pattern: '$eval' }] }],
      details: { ...details, sizeBytes: size, modifiedAt: mtimeMs },
    });
  }

  const malicious = (): ScanRecord =>
    recordOf('install.js', Buffer.byteLength(script.slice(0, script.indexOf(found))), found.length);

  const tab = (name: string | RegExp): Locator =>
    workbench().page.locator('.tabs-container .tab', { hasText: name });
  const report = (): Promise<Frame> => workbench().webviewFrame('main.report');

  async function openReport(record: ScanRecord): Promise<Frame> {
    await history.put(record);
    const pane = new HistoryPane(workbench());
    await pane.open();
    await pane.rows(path.basename(record.target)).click();
    const frame = await report();
    await frame.locator('h1', { hasText: 'Malicious' }).waitFor();
    return frame;
  }

  /** Until no row of one test can be taken for one of the next. */
  async function clear(): Promise<void> {
    await history.clear();
    await new HistoryPane(workbench()).welcome.waitFor();
  }

  /** By the command, which writes down what is open before the page goes. */
  async function reload(): Promise<void> {
    const { page } = workbench();
    await Promise.all([
      page.waitForEvent('domcontentloaded', { timeout: 120_000 }),
      workbench().runCommand('Developer: Reload Window'),
    ]);
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 120_000 });
  }

  it('leads to the place of a match, by its bytes', async () => {
    const frame = await openReport(malicious());
    await frame.getByRole('button', { name: /^offset 0x/ }).click();
    await tab(/^install\.js/)
      .and(workbench().page.locator('.active'))
      .waitFor();
    // Where the selection ends, with the tab as wide as it is shown.
    await workbench().statusBarItem('Ln 3, Col 28 (10 selected)').waitFor();
    await workbench().closeEditors();
    await clear();
  });

  it('says so when the file has changed since', async () => {
    const frame = await openReport({ ...malicious(), summary: 'before the change' });
    writeFileSync(file('install.js'), `// new\n${script}`);
    await frame.getByRole('button', { name: /^offset 0x/ }).click();
    await workbench().toast(/install\.js has changed since it was scanned/);
    await workbench().closeEditors();
    await clear();
  });

  it('names the offset in what is no text', async () => {
    const frame = await openReport(recordOf('tool.bin', 10, 2));
    await frame.getByRole('button', { name: 'offset 0xA' }).click();
    await workbench().toast('In tool.bin, this is at offset 0xA.');
    await workbench().closeEditors();
    await clear();
  });

  it('opens once for a record, follows its changes, and is there after a reload', async () => {
    const record = malicious();
    await openReport({ ...record, status: 'running', summary: 'one engine has not answered yet' });
    const pane = new HistoryPane(workbench());
    await pane.rows('install.js').click();
    await (await report()).locator('h1', { hasText: 'Malicious so far' }).waitFor();
    assert.equal(await tab('Report: install.js').count(), 1);

    await history.put({ ...record, summary: 'all have answered' });
    await (await report()).getByText('all have answered').waitFor();

    await reload();
    await (await report()).getByText('all have answered').waitFor();
    assert.equal(await tab('Report: install.js').count(), 1);

    await history.clear();
    await reload();
    await (await report()).getByText('The history does not hold this report any more.').waitFor();
    await workbench().closeEditors();
  });

  it('may take the focus back late: what a command asks stays there', async () => {
    const frame = await openReport(malicious());
    for (const [command, title] of [
      ['Sentinel: Show Running Tasks', 'Running Tasks'],
      ['Sentinel: Group Scan History By…', 'Group Scan History By'],
      ['Sentinel: Filter Scan History by Kind and Verdict…', 'Filter Scan History by Kind and Verdict'],
      ['Sentinel: Filter Scan History…', 'Filter Scan History'],
    ] as const) {
      await workbench().runCommand(command);
      const input = workbench().quickInput(title);
      await input.waitFor();
      await frame.getByRole('button').first().focus();
      await until('the focus in the report', () =>
        workbench().page.evaluate<boolean>('document.activeElement.matches("iframe")'),
      );
      await input.press('Escape');
      await input.waitFor({ state: 'detached' });
    }
    await workbench().closeEditors();
  });

  it('breaks no rule of its policy', () => {
    const violations = workbench()
      .console.cspViolations()
      .filter(({ source }) => source.includes('webview'));
    assert.deepEqual(violations, []);
  });
});
