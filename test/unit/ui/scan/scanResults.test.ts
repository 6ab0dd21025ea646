import assert from 'node:assert/strict';
import { ScanResults } from '../../../../src/ui/scan/scanResults';
import type { NotificationAction } from '../../../../src/ui/notifications';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import { english } from '../../support/translate';

interface Told {
  readonly severity: string;
  readonly message: string;
  readonly actions: readonly NotificationAction[];
}

describe('what is said of scans', () => {
  const told: Told[] = [];
  const opened: ScanRecord[] = [];
  const note =
    (severity: string) =>
    (message: string, ...actions: readonly NotificationAction[]): void => {
      told.push({ severity, message, actions });
    };
  const results = new ScanResults({
    notifications: { success: note('success'), warning: note('warning'), error: note('error') },
    openReport: (record) => opened.push(record),
    showHistory: () => undefined,
    t: english,
  });

  beforeEach(() => {
    told.length = 0;
    opened.length = 0;
  });

  for (const [verdict, severity] of [
    ['malicious', 'error'],
    ['suspicious', 'warning'],
    ['error', 'warning'],
    ['unknown', 'warning'],
    ['noThreatFound', 'success'],
    [undefined, 'warning'],
  ] as const) {
    it(`is ${severity === 'success' ? 'good news' : `a toast of severity ${severity}`} for ${verdict ?? 'no verdict'}`, () => {
      results.tell([record('/home/user/tool.sh', verdict, 'What was found.')]);
      assert.equal(told.length, 1);
      assert.equal(told[0]?.severity, severity);
      assert.equal(told[0].message, 'tool.sh: What was found.');
      assert.deepEqual(
        told[0].actions.map(({ label }) => label),
        ['Open Report'],
      );
    });
  }

  it('is the gravest answer of several, whose report opens', () => {
    const bad = record('/home/user/b.js', 'malicious', 'EICAR test file.');
    results.tell([
      record('/home/user/a.js', 'noThreatFound', 'No threat found.'),
      bad,
      record('/home/user/c.js', 'error', 'Not readable.'),
    ]);
    assert.equal(told.length, 1);
    assert.equal(told[0]?.severity, 'error');
    assert.equal(told[0].message, '3 targets were scanned. The gravest answer: b.js: EICAR test file.');
    void told[0].actions[0]?.run();
    assert.deepEqual(opened, [bad]);
    assert.equal(told[0].actions[1]?.label, 'Show History');
  });

  it('shows names from outside on one line and without markup', () => {
    results.tell([record('/tmp/a\n$(alert)\u202Efdp.exe', 'suspicious', 'A name that hides.')]);
    assert.doesNotMatch(told[0]?.message ?? '', /\n|\u202E|\$\(/u);
  });

  for (const [kind, words] of [
    ['link', '[Open](command:workbench.action.quit)'],
    ['link with a title', '[Open](https://example.org "title")'],
    ['link in brackets', '[[Open]](https://example.org)'],
    ['icon', '$(trash) harmless'],
    ['line break', 'one\r\ntwo\u2028three'],
    ['turned direction', 'gpj\u202Eexe'],
    ['unseen character', 'pay\u200bpal'],
  ] as const) {
    it(`makes no ${kind} of the words of a rule or of a name`, () => {
      const summary = `Malicious: ${words}`;
      results.tell([record(`/tmp/${words.replaceAll('/', '-')}`, 'malicious', summary)]);
      results.tell([
        record('/tmp/a', 'malicious', summary),
        record('/tmp/b', 'noThreatFound', 'No threat found.'),
      ]);
      assert.equal(told.length, 2);
      for (const { message } of told) {
        assert.doesNotMatch(message, /\]\(|\$\(/);
        assert.doesNotMatch(message, /[\r\n\u2028\u202e]/);
        assert.match(message, /Malicious: /);
      }
      assert.doesNotMatch(told[0]?.message ?? '', /pay\u200bpal/);
    });
  }

  it('has no room for a rule that talks without end, and no link where it was shortened', () => {
    const long = `${'x'.repeat(198)}]${'y'.repeat(5_000)}(command:workbench.action.quit)${'z'.repeat(100)}`;
    for (let from = 190; from < 210; from++) {
      results.tell([record('/tmp/a', 'malicious', long.slice(200 - from))]);
    }
    assert.equal(told.length, 20);
    for (const { message } of told) {
      assert.ok(message.length <= 420);
      assert.doesNotMatch(message, /\]\(/);
    }
  });

  it('is nothing where nothing was scanned', () => {
    results.tell([]);
    assert.deepEqual(told, []);
  });
});

function record(target: string, verdict: ScanRecord['verdict'], summary: string): ScanRecord {
  return {
    id: target,
    kind: 'file',
    target,
    status: verdict === undefined ? 'cancelled' : 'finished',
    ...(verdict === undefined ? {} : { verdict }),
    startedAt: 1,
    finishedAt: 2,
    durationMs: 1,
    summary,
    engines: [],
    findings: [],
  };
}
