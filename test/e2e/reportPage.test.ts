import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { ReportToHost } from '../../src/shared/protocol/report';
import type { ScanRecord } from '../../src/shared/scan/record';
import {
  hostileRecord,
  largeFolder,
  maliciousFile,
  quietFile,
  runningFile,
  suspiciousLink,
} from '../unit/support/reportRecords';
import { axeFaults } from './support/accessibility';
import { panelThemes } from './support/panelThemes';
import { openReportPage, type ReportDocument } from './support/reportPage';
import { hydrated, reportScenes } from './support/reportScenes';
import { currentSession } from './support/session';
import { until } from './support/until';
import { requireBundle } from './support/webviewPage';

describe('a report’s document', () => {
  let report: ReportDocument;
  before(() => requireBundle('report'));
  afterEach(() => report.close());

  async function open(
    record: ScanRecord,
    theme = 'dark',
    widthPx = 900,
    state?: unknown,
  ): Promise<ReportDocument> {
    report = await openReportPage(currentSession().browser, theme, widthPx, state);
    await report.send(hydrated(record));
    return report;
  }

  function requests(): ReportToHost[] {
    return report.received.filter(({ type }) => type !== 'ready');
  }

  async function asked(count: number): Promise<ReportToHost[]> {
    return until(`${count} requests`, () => Promise.resolve(requests().length >= count && requests()));
  }

  async function focused(): Promise<string | null> {
    return report.page.evaluate<string | null>('document.activeElement.getAttribute("data-key")');
  }

  for (const [name, scene] of Object.entries(reportScenes)) {
    it(`${name}: no fault, no violation, nothing clipped at any width, in any theme`, async () => {
      await open(scene(), 'dark', 200);
      const { page } = report;
      // Narrow pages stack the cells of tables, wide ones do not.
      assert.deepEqual(await axeFaults(page.mainFrame()), [], 'at 200 px');
      for (const theme of Object.keys(panelThemes)) {
        await report.setTheme(theme);
        for (const width of [200, 320, 560, 1_600, 900]) {
          await page.setViewportSize({ width, height: 900 });
          assert.equal(await report.overflowPx(), 0, `${theme}, at ${width} px`);
        }
        assert.deepEqual(await axeFaults(page.mainFrame()), [], theme);
      }
      assert.deepEqual(report.faults(), []);
    });
  }

  it('answers in this order: verdict, why, who was asked, facts', async () => {
    await open(maliciousFile());
    const headings = await report.page.locator('h1:visible, h2:visible').allTextContents();
    assert.deepEqual(headings, ['Malicious', 'Why', 'Who was asked', 'Also noticed', 'The file']);
    const titles = await report.page.locator('.finding-title:visible').allTextContents();
    assert.deepEqual(titles, [
      'Install script runs a decoded string',
      'Contacts a raw IP address',
      'Starts other programs',
    ]);
    assert.equal(await report.page.getByText('Nothing left this machine.').isVisible(), true);
  });

  it('has a column for places where there is one', async () => {
    const heads = (): Promise<string[]> =>
      report.page.locator('.findings').first().locator('th[scope="col"]').allTextContents();
    await open(suspiciousLink());
    assert.deepEqual(await heads(), ['Finding', 'Engine']);
    await report.send(hydrated(largeFolder(), 1));
    assert.deepEqual(await heads(), ['Finding', 'Engine', 'Where']);
  });

  it('asks for places, references, copies and actions by where they stand in the record', async () => {
    await open(maliciousFile());
    const { page } = report;
    await page.getByRole('button', { name: 'offset 0x1F0' }).click();
    await page.getByRole('button', { name: /docs\.npmjs\.com/ }).click();
    await page.getByRole('button', { name: 'Copy MD5' }).click();
    await page.getByRole('button', { name: 'Copy target' }).click();
    await page.getByRole('button', { name: 'Scan again' }).click();
    assert.deepEqual(await asked(5), [
      { type: 'openMatch', revision: 0, finding: 1, match: 1 },
      { type: 'openReference', revision: 0, finding: 1 },
      { type: 'copyHash', name: 'md5' },
      { type: 'action', name: 'copyTarget' },
      { type: 'action', name: 'scanAgain' },
    ]);
  });

  it('says that something is in the clipboard, there and to a screen reader', async () => {
    await open(maliciousFile());
    await report.send({ type: 'copied', what: 'sha256' });
    await report.page.locator('[data-key="copy-sha256"][data-copied]').waitFor();
    await report.page
      .locator('[role="status"]', { hasText: 'Copied SHA-256' })
      .waitFor({ state: 'attached' });
    await report.page.locator('[data-key="copy-sha256"]:not([data-copied])').waitFor();
  });

  it('makes nothing of hostile text but text, and shows what would not be seen', async () => {
    await open(hostileRecord());
    const { page } = report;
    assert.equal(await page.locator('img, script:not([nonce]), a, iframe').count(), 0);
    assert.equal(await page.getByRole('button', { name: /javascript|user:password/ }).count(), 0);
    const target = page.locator('.target .outside-text');
    assert.ok(((await target.textContent()) ?? '').length < 600);
    assert.equal(
      await target.locator('.unseen').first().getAttribute('title'),
      'Unseen in the text: right-to-left override',
    );
    await page
      .locator('.target')
      .getByRole('button', { name: /Show all/ })
      .click();
    assert.ok(((await target.textContent()) ?? '').length > 65_536);
    assert.equal(await report.overflowPx(), 0);
    await page.locator('.target').getByRole('button', { name: 'Show less' }).click();
    assert.ok(((await target.textContent()) ?? '').length < 600);
    // A line of text turned around would stand elsewhere: the extension comes after the name.
    assert.match(
      (await target.textContent()) ?? '',
      /^\/tmp\/invoiceU\+202E \(right-to-left override\)fdp\.exe/,
    );
  });

  it('shows 10,000 findings a part at a time, and remembers how many', async () => {
    const record = largeFolder(1);
    const [finding] = record.findings;
    assert.ok(finding);
    const findings = Array.from({ length: 10_000 }, (_, index) => ({ ...finding, rule: `rule_${index}` }));
    await open({ ...record, findings });
    const rows = report.page.locator('.findings tbody tr');
    assert.equal(await rows.count(), 50);
    await report.page.getByRole('button', { name: /^Show 200 of 9.950 more findings$/ }).click();
    assert.equal(await rows.count(), 250);
    assert.equal(
      await report.page.evaluate<string>('document.activeElement.querySelector(".code").textContent'),
      'rule_50',
      'the focus is where the new rows begin',
    );
    const kept = report.kept.at(-1);
    assert.deepEqual(kept, { id: record.id, shown: { why: 250 }, scrollTop: 0 });
    await report.close();
    await open({ ...record, findings }, 'dark', 900, kept);
    assert.equal(await report.page.locator('.findings tbody tr').count(), 250);
  });

  it('is where it was when it is come back to', async () => {
    const record = largeFolder();
    await open(record, 'dark', 900, { id: record.id, shown: {}, scrollTop: 700 });
    assert.equal(await report.page.evaluate<number>('scrollY'), 700);
    await report.page.mouse.wheel(0, 150);
    const place = { id: record.id, shown: {}, scrollTop: 850 };
    const kept = await until('the new place kept', () => {
      const last = report.kept.at(-1);
      return Promise.resolve(isDeepStrictEqual(last, place) && last);
    });
    await report.close();
    await open(maliciousFile(), 'dark', 900, kept);
    assert.equal(await report.page.evaluate<number>('scrollY'), 0, 'of another report');
  });

  it('takes answers in as they come: says the verdict, keeps the focus, offers what can be done', async () => {
    await open(runningFile());
    const { page } = report;
    await page.locator('[data-key="match-1-0"]').focus();
    const later = maliciousFile({ id: runningFile().id });
    const findings = [...later.findings, { ...later.findings[1]!, rule: 'another' }];
    await report.send(hydrated({ ...later, findings }, 4));
    assert.equal(await focused(), 'match-1-0');
    assert.equal(await page.locator('h1').textContent(), 'Malicious');
    await page.locator('[role="status"]', { hasText: 'Malicious' }).waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Scan again' }).waitFor();
    await page.keyboard.press('Enter');
    assert.deepEqual(await asked(1), [{ type: 'openMatch', revision: 4, finding: 1, match: 0 }]);
  });

  it('reaches every control with Tab, in the order of the page', async () => {
    await open(quietFile());
    const reached: (string | null)[] = [];
    for (let presses = 0; presses < 11; presses += 1) {
      await report.page.keyboard.press('Tab');
      reached.push(await focused());
    }
    assert.deepEqual(reached, [
      'copy-target',
      'openTarget',
      'revealTarget',
      'action-scanAgain',
      'action-copySha256',
      'action-copyReport',
      'action-exportJson',
      'match-0-0',
      'copy-sha256',
      'copy-sha1',
      'copy-md5',
    ]);
  });

  it('waits in words, and says why there is no report', async () => {
    report = await openReportPage(currentSession().browser, 'dark', 900);
    await report.page.getByText('Looking for the report…').waitFor();
    await report.send({ type: 'missing', reason: 'gone' });
    await report.page.getByText('The history does not hold this report any more.').waitFor();
    await report.send(hydrated(maliciousFile()));
    assert.equal(await report.page.locator('.waiting').isVisible(), false);
  });

  it('ignores a malformed message and reports it', async () => {
    await open(maliciousFile());
    await report.send({ type: 'hydrate', revision: 1, record: { verdict: 'clean' }, actions: [] });
    await until('a report of the fault', () => Promise.resolve(report.faults()[0]));
    assert.match(report.faults()[0] ?? '', /ignored/);
    assert.equal(await report.page.locator('h1').textContent(), 'Malicious');
  });
});
