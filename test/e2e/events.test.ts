import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { isAlive } from '../support/isAlive';
import { JournalStandIn, type StandInEntry } from './support/journalStandIn';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

describe('system events', () => {
  let journal: JournalStandIn;

  before(() => {
    const entries: readonly StandInEntry[] = [
      { agoMs: 30_000, priority: 3, source: 'kernel', message: 'I/O error, dev sda, sector 2048' },
      {
        agoMs: 120_000,
        priority: 4,
        source: 'sshd',
        message: 'Failed password for root from 192.0.2.7 port 1',
      },
      { agoMs: 240_000, priority: 6, source: 'cron', message: 'job started' },
      { agoMs: 7_200_000, priority: 3, source: 'web', message: 'first line\nsecond line' },
    ];
    journal = new JournalStandIn(currentSession().tools, entries);
  });
  const workbench = useWorkbench({ width: 1100, height: 900 });
  after(() => {
    journal.remove();
  });

  const pane = (): Locator => {
    const header = workbench().page.locator('.pane-header', { hasText: 'System Events' });
    return workbench().page.locator('.part.sidebar .pane').filter({ has: header });
  };
  const rows = (text: string | RegExp = ''): Locator =>
    pane().locator('.monaco-list-row').filter({ hasText: text });

  it('are read when the view is looked at: by level, well-known ones in plain words', async () => {
    await workbench().runCommand('Sentinel: Show System Events');
    await rows('Disk error on sda').waitFor();
    for (const group of [/^Error\s*2$/, /^Warning\s*1$/, /^Information\s*1$/]) {
      await rows(group).waitFor();
      assert.equal(await rows(group).count(), 1);
    }
    await workbench().screenshot('system events by level');
  });

  it('are filtered by text, which Escape takes back', async () => {
    await workbench().runCommand('Sentinel: Filter System Events by Text…');
    const input = workbench().quickInput('Filter System Events');
    await input.fill('sign-in root');
    await rows('Failed sign-in of root').waitFor();
    await rows('Disk error').waitFor({ state: 'detached' });
    await workbench().screenshot('system events filtered');
    await input.press('Escape');
    await rows('Disk error').waitFor();
  });

  it('open whole, in a document that cannot be changed', async () => {
    const { page } = workbench();
    await rows('first line second line').click();
    const editor = page.locator('.editor-instance .view-lines', { hasText: 'second line' });
    const shown = async (): Promise<string> => (await editor.innerText()).replaceAll('\u00a0', ' ');
    await until('the whole event', async () => /_PID +4711/.test(await shown()));
    const text = await shown();
    assert.match(text, /Source +web/);
    await workbench().screenshot('system event whole');
    await page.locator('.editor-instance').first().click();
    await page.keyboard.type('x');
    assert.equal(await shown(), text);
  });

  it('are grouped by source', async () => {
    await workbench().runCommand('Sentinel: Group System Events by Source');
    await rows(/^cron\s*1$/).waitFor();
    await workbench().screenshot('system events by source');
    await workbench().runCommand('Sentinel: Group System Events by Level');
    await rows('Disk error').waitFor();
  });

  it('are followed while the view is seen, and by no process afterwards', async () => {
    await workbench().runCommand('Sentinel: Follow System Events');
    const pid = await until('the program that tells of new ones', () => Promise.resolve(journal.followerPid));
    journal.tell({ agoMs: 0, priority: 3, source: 'new', message: 'just happened' });
    await rows('just happened').waitFor();
    await workbench().screenshot('system events followed');
    assert.ok(isAlive(pid));
    await workbench().openSideBarView('Explorer');
    await until('its end', () => Promise.resolve(!isAlive(pid)));
  });
});
