import assert from 'node:assert/strict';
import { DateTexts } from '../../../../src/ui/dateTexts';
import { historyItem, type ItemOptions, recordTooltip } from '../../../../src/ui/history/historyItem';
import { defined } from '../../../../src/shared/defined';
import type { HistoryGrouping } from '../../../../src/shared/history/query';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import { scanStatuses } from '../../../../src/shared/scan/record';
import { verdicts } from '../../../../src/shared/scan/verdict';
import { madeRecord } from '../../support/scanRecords';
import { english } from '../../support/translate';

const startedAt = Date.parse('2024-01-15T10:30:00.000Z');

function options(grouping: HistoryGrouping = 'day'): ItemOptions {
  return {
    t: english,
    dates: new DateTexts('en-GB'),
    nowMs: startedAt + 5 * 60_000,
    grouping,
    canRescan: (kind) => kind === 'file',
  };
}

function itemOf(given: Partial<ScanRecord>, grouping?: HistoryGrouping): ReturnType<typeof historyItem> {
  return historyItem(
    { type: 'record', id: 'x', record: madeRecord({ startedAt, ...given }) },
    options(grouping),
  );
}

describe('a row of the history', () => {
  it('leaves out what its group says', () => {
    const given = { target: '/a/setup.exe', verdict: 'suspicious' } as const;
    assert.equal(itemOf(given).description, 'Suspicious · 5 min ago');
    assert.equal(itemOf(given, 'kind').description, 'Suspicious · 5 min ago');
    assert.equal(itemOf(given, 'verdict').description, 'File · 5 min ago');
    assert.equal(
      itemOf({ ...given, status: 'timedOut' }, 'verdict').description,
      'Suspicious, timed out · File · 5 min ago',
    );
    assert.equal(itemOf(given).accessibleLabel, 'setup.exe, Suspicious, File, 5 min ago');
  });

  it('looks clean in one case alone: it finished, and found no threat', () => {
    const clean = itemOf({}).icon?.id;
    for (const status of scanStatuses) {
      for (const verdict of [...verdicts, undefined]) {
        const record = defined({ ...madeRecord({ startedAt, status }), verdict });
        const node = { type: 'record', id: 'x', record } as const;
        const isClean = status === 'finished' && verdict === 'noThreatFound';
        assert.equal(
          historyItem(node, options()).icon?.id === clean,
          isClean,
          `${status} ${verdict ?? 'none'}`,
        );
      }
    }
  });

  it('alarms with what was found, also where the scan did not finish', () => {
    assert.deepEqual(
      itemOf({ status: 'cancelled', verdict: 'malicious' }).icon,
      itemOf({ status: 'finished', verdict: 'malicious' }).icon,
    );
  });

  it('tells the menus what can be done', () => {
    const sha256 = 'a'.repeat(64);
    assert.equal(itemOf({ sha256 }).context, 'record hashed rescannable');
    assert.equal(itemOf({ kind: 'url' }).context, 'record');
    assert.equal(itemOf({ sha256, verdict: 'malicious' }).context, 'record hashed alarming rescannable');
    assert.equal(itemOf({ kind: 'url', verdict: 'malicious' }).context, 'record');
    assert.equal(itemOf({ status: 'running' }).context, 'record');
  });

  it('has a hover with all that is known, each piece on its line', () => {
    const record = madeRecord({
      target: '/a/b\n$(alert)\u202etxt.exe',
      verdict: 'error',
      sha256: 'ab'.repeat(32),
      summary: 'One engine\nfailed.',
      engines: [
        { id: 'yara', name: 'YARA-X', version: '1.20.0', state: 'noHit' },
        { id: 'clamav', name: 'ClamAV', state: 'failed', reason: 'unreachable', detail: 'a\nb' },
      ],
    });
    const lines = recordTooltip(record, options()).split('\n');
    assert.equal(lines[0], '/a/b[U+000A]$(alert)[U+202E]txt.exe');
    assert.ok(lines.includes('File · Error'));
    assert.ok(lines.includes('YARA-X 1.20.0 found nothing.'));
    assert.ok(lines.some((line) => /^ClamAV gave no answer, because .* \(a b\)\.$/.test(line)));
    assert.ok(lines.includes(`SHA-256: ${'ab'.repeat(32)}`));
    assert.ok(lines.some((line) => line.startsWith('Started: 15 Jan 2024')));
    assert.ok(lines.every((line, index) => line !== '' || lines[index - 1] !== ''));
  });

  it('has a hover of bounded length', () => {
    const engines = [{ id: 'x', name: 'X', state: 'failed' as const, detail: 'y'.repeat(1e6) }];
    const text = recordTooltip(
      madeRecord({ target: 'x'.repeat(65_536), summary: 'z'.repeat(1e6), engines }),
      options(),
    );
    assert.ok(text.length < 3_000, `${text.length}`);
  });
});
