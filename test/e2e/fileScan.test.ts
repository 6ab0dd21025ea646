import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { Explorer } from './support/explorer';
import { inSequence } from './support/inSequence';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

/** The agreed test file, put together here so that this file is none. */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('-');

describe('scans of files', () => {
  inSequence();
  const inWorkspace = (name: string): string => path.join(currentSession().workspace, name);

  before(() => {
    mkdirSync(inWorkspace('scanned'));
    writeFileSync(inWorkspace('scanned/eicar.txt'), eicar);
    writeFileSync(inWorkspace('scanned/harmless.txt'), 'Nothing to see here.\n');
  });
  const workbench = useWorkbench();
  after(() => {
    rmSync(inWorkspace('scanned'), { recursive: true, force: true });
  });

  const problems = (): Locator => workbench().page.locator('.markers-panel .monaco-list-row');

  async function scan(name: string): Promise<void> {
    const explorer = new Explorer(workbench());
    await explorer.open('scanned');
    await explorer.choose(name, 'Scan for Threats');
  }

  it('tell of a file that is one, with the way to the evidence', async () => {
    await scan('eicar.txt');
    const toast = await workbench().toast(/eicar\.txt: .*EICAR/);
    await toast.getByRole('button', { name: 'Open Report' }).click();
    const frame = await workbench().webviewFrame('main.report');
    await frame.locator('h1', { hasText: 'Malicious' }).waitFor();
    const text = (await frame.textContent('body')) ?? '';
    assert.match(text, /YARA-X/);
    assert.match(text, /eicar_test_file/);
    assert.match(text, /ClamAV/, 'who was not asked is named');
  });

  it('put what they found into the Problems panel, until the file changes', async () => {
    await workbench().runCommand('Problems: Focus on Problems View');
    await problems().filter({ hasText: 'EICAR test file' }).first().waitFor();
    writeFileSync(inWorkspace('scanned/eicar.txt'), 'Something else.\n');
    await until('the finding to go', async () => {
      return (await problems().filter({ hasText: 'EICAR test file' }).count()) === 0;
    });
  });

  it('find nothing in a harmless file, and say no more than that', async () => {
    await scan('harmless.txt');
    const toast = await workbench().toast(/harmless\.txt: /);
    assert.match((await toast.textContent()) ?? '', /No threat found/);
  });

  it('look at a whole folder, and are in the history', async () => {
    writeFileSync(inWorkspace('scanned/eicar.txt'), eicar);
    await scan('scanned');
    await workbench().toast(/scanned: .*EICAR|scanned: .*1 malicious/i);
    await workbench().openSideBarView('Sentinel');
    await workbench().page.locator('.pane-body .monaco-list-row', { hasText: 'scanned' }).first().waitFor();
  });
});
