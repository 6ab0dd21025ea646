import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { Explorer } from './support/explorer';
import { HistoryPane } from './support/historyPane';
import { inSequence } from './support/inSequence';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

/** The agreed test file, put together here so that this file is none. */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('-');
const folder = 'quarantined';

describe('the quarantine', () => {
  inSequence();
  const inWorkspace = (name: string): string => path.join(currentSession().workspace, folder, name);

  before(() => {
    mkdirSync(inWorkspace(''), { recursive: true });
    writeFileSync(inWorkspace('dropper.js'), eicar);
    chmodSync(inWorkspace('dropper.js'), 0o750);
    writeFileSync(inWorkspace('harmless.js'), 'Nothing to see here.\n');
  });
  const workbench = useWorkbench();
  after(() => {
    rmSync(inWorkspace(''), { recursive: true, force: true });
  });

  const dialog = (): Locator => workbench().page.locator('.monaco-dialog-box');

  async function answer(text: RegExp, button: string): Promise<void> {
    await dialog().filter({ hasText: text }).waitFor();
    await dialog().getByRole('button', { name: button, exact: true }).click();
    // Another question may follow at once.
    await dialog().filter({ hasText: text }).waitFor({ state: 'detached' });
  }

  /** What the explorer's menu offers for a file. @param among an entry that has to be there */
  async function offered(name: string, among = 'Scan for Threats'): Promise<string> {
    const explorer = new Explorer(workbench());
    await explorer.open(folder);
    return (await explorer.entries(name, among)).join('\n');
  }

  async function choose(name: string, entry: string): Promise<void> {
    const explorer = new Explorer(workbench());
    await explorer.open(folder);
    await explorer.choose(name, entry);
  }

  async function scannedReport(): Promise<Frame> {
    await choose('dropper.js', 'Scan for Threats');
    const toast = await workbench().toast(/dropper\.js: .*EICAR/);
    await toast.getByRole('button', { name: 'Open Report' }).click();
    return workbench().webviewFrame('[data-key="action-quarantine"]');
  }

  async function showQuarantine(): Promise<Locator> {
    await workbench().runCommand('Sentinel: Show Quarantine');
    const rows = workbench().page.locator('.quick-input-list .monaco-list-row', { hasText: 'dropper.js' });
    await rows.first().waitFor();
    return rows.first();
  }

  it('is offered by the report of a file that alarms, and takes it away after a question', async () => {
    assert.doesNotMatch(await offered('dropper.js'), /Quarantine/, 'nothing is known of it yet');
    const frame = await scannedReport();
    await workbench().screenshot('quarantine-report');
    await frame.locator('[data-key="action-quarantine"]').click();
    await dialog().filter({ hasText: 'Move dropper.js to the quarantine?' }).waitFor();
    await workbench().screenshot('quarantine-question');
    await answer(/Move dropper\.js/, 'Move to Quarantine');
    await workbench().toast(/dropper\.js is in the quarantine now/);
    assert.ok(!existsSync(inWorkspace('dropper.js')));
    assert.ok(existsSync(inWorkspace('harmless.js')));
  });

  it('lists what was taken away, and gives it back as it was', async () => {
    const item = await showQuarantine();
    await workbench().screenshot('quarantine-list');
    assert.match((await item.textContent()) ?? '', /Malicious/);
    await item.click();
    await workbench().screenshot('quarantine-actions');
    await workbench().pickEntry('Restore…');
    await answer(/Restore dropper\.js\?/, 'Restore');
    await workbench().toast(/dropper\.js is back in/);
    assert.equal(readFileSync(inWorkspace('dropper.js'), 'utf8'), eicar);
    assert.equal(statSync(inWorkspace('dropper.js')).mode & 0o777, 0o750);
  });

  it('is in the explorer’s menu where the latest scan alarms, and there alone', async () => {
    await scannedReport();
    await offered('dropper.js', 'Move to Quarantine');
    assert.doesNotMatch(await offered('harmless.js'), /Move to Quarantine/);
    await choose('dropper.js', 'Move to Quarantine');
    await answer(/Move dropper\.js/, 'Move to Quarantine');
    await until('the file to go', () => Promise.resolve(!existsSync(inWorkspace('dropper.js'))));
  });

  it('replaces nothing that has taken the name meanwhile', async () => {
    writeFileSync(inWorkspace('dropper.js'), 'mine\n');
    const item = await showQuarantine();
    await item.click();
    await workbench().pickEntry('Restore…');
    await answer(/Restore dropper\.js\?/, 'Restore');
    await dialog().filter({ hasText: 'It was not replaced' }).waitFor();
    await workbench().screenshot('quarantine-taken');
    await answer(/It was not replaced/, 'Cancel');
    assert.equal(readFileSync(inWorkspace('dropper.js'), 'utf8'), 'mine\n');
  });

  it('deletes for good after a question', async () => {
    const item = await showQuarantine();
    await item.click();
    await workbench().pickEntry('Delete for Good…');
    await answer(/Delete dropper\.js for good\?/, 'Delete for Good');
    await workbench().toast(/The quarantine is empty/);
  });

  it('is in the menu of the history for files that alarm, and refuses what has changed since', async () => {
    const pane = new HistoryPane(workbench());
    await pane.open();
    // What lies there now is somebody else's, of the same name.
    await pane.menuAction('dropper.js', 'Move to Quarantine');
    await answer(/Move dropper\.js/, 'Move to Quarantine');
    await workbench().toast(/is not the file that was scanned/);
    assert.equal(readFileSync(inWorkspace('dropper.js'), 'utf8'), 'mine\n');
    writeFileSync(inWorkspace('dropper.js'), eicar);
    await pane.menuAction('dropper.js', 'Move to Quarantine');
    await answer(/Move dropper\.js/, 'Move to Quarantine');
    await until('the file to go', () => Promise.resolve(!existsSync(inWorkspace('dropper.js'))));
    await workbench().screenshot('quarantine-from-history');
  });
});

describe('the self-test', () => {
  const workbench = useWorkbench();

  it('tells which engines would have caught something, with a line for each', async () => {
    await workbench().runCommand('Sentinel: Self-Test');
    const lines = workbench().page.locator('.monaco-editor .view-line');
    await lines.filter({ hasText: 'VirusTotal' }).first().waitFor({ timeout: 120_000 });
    const text = (await lines.allTextContents()).join('\n').replaceAll('\u00a0', ' ');
    await workbench().screenshot('self-test');
    assert.match(text, /✔ YARA-X [\d.]+ +caught +EICAR test file/);
    assert.match(text, /✔ Archive +caught +EICAR test file/);
    assert.match(text, /– VirusTotal +not asked/);
    assert.doesNotMatch(text, /✘/);
    await workbench().openSideBarView('Sentinel');
    const rows = workbench().page.locator('.pane-body .monaco-list-row', { hasText: 'eicar' });
    assert.equal(await rows.count(), 0, 'it is no alarm of the history');
  });
});
