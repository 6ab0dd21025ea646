import assert from 'node:assert/strict';
import { DateTexts } from '../../../../src/ui/dateTexts';
import {
  dayKey,
  groupLabel,
  outcomeLabel,
  shortTarget,
  whenText,
} from '../../../../src/ui/history/historyTexts';
import { english } from '../../support/translate';

const at = (text: string): number => new Date(text).getTime();
const now = at('2026-11-23T14:30:00');
const wording = { t: english, dates: new DateTexts('en-GB'), nowMs: now };

describe('texts of the history', () => {
  it('call a target by what tells it apart', () => {
    const cases: [Parameters<typeof shortTarget>[0], string][] = [
      [{ kind: 'file', target: '/home/someone/setup.exe' }, 'setup.exe'],
      [{ kind: 'folder', target: '/home/someone/project/' }, 'project'],
      [{ kind: 'folder', target: '/' }, '/'],
      [{ kind: 'url', target: 'https://google.com:x@evil.example:8443/login?a=b' }, 'evil.example:8443'],
      [{ kind: 'url', target: 'no link at all' }, 'no link at all'],
      [{ kind: 'url', target: 'data:text/html,x' }, 'data:text/html,x'],
      [{ kind: 'network', target: '10.0.0.0/24' }, '10.0.0.0/24'],
      [{ kind: 'file', target: '' }, '?'],
    ];
    for (const [record, name] of cases) assert.equal(shortTarget(record), name);
  });

  it('keep a name on its line, whatever it is made of', () => {
    const name = shortTarget({ kind: 'file', target: `/tmp/a\nb\u202etxt.exe${'x'.repeat(65_536)}` });
    assert.ok(name.length <= 200);
    assert.ok(!/[\n\u202e]/.test(name));
  });

  it('call a scan by its verdict, and by its end where that was no good one', () => {
    assert.equal(outcomeLabel({ status: 'finished', verdict: 'suspicious' }, english), 'Suspicious');
    assert.equal(
      outcomeLabel({ status: 'cancelled', verdict: 'malicious' }, english),
      'Malicious, cancelled',
    );
    assert.equal(outcomeLabel({ status: 'timedOut' }, english), 'Timed out');
    assert.equal(outcomeLabel({ status: 'cancelled', verdict: 'noThreatFound' }, english), 'Cancelled');
    assert.equal(outcomeLabel({ status: 'running', verdict: 'unknown' }, english), 'Running');
    assert.equal(outcomeLabel({ status: 'finished' }, english), 'Finished');
  });

  it('name days as people do', () => {
    const label = (key: string): string => groupLabel('day', { key, count: 1 }, wording);
    assert.equal(label('2026-11-23'), 'Today');
    assert.equal(label('2026-11-22'), 'Yesterday');
    assert.match(label('2026-11-21'), /^Sat.* 21 November$/);
    assert.match(label('2025-01-02'), /^Thu.* 2 January 2025$/);
    const inGerman = { ...wording, dates: new DateTexts('de') };
    assert.match(groupLabel('day', { key: '2026-11-21', count: 1 }, inGerman), /21\. November/);
  });

  it('have one word for today, by the local calendar', () => {
    assert.equal(dayKey(at('2026-11-23T00:00:00')), '2026-11-23');
    assert.equal(dayKey(at('2026-11-23T23:59:59')), '2026-11-23');
  });

  it('say when in as few words as the place allows', () => {
    const cases: [string, string, string][] = [
      // moment, under its day, elsewhere
      ['2026-11-23T14:29:30', 'just now', 'just now'],
      ['2026-11-23T14:28:59', '1 min ago', '1 min ago'],
      ['2026-11-23T13:31:00', '59 min ago', '59 min ago'],
      ['2026-11-23T02:30:00', '12 h ago', '12 h ago'],
      ['2026-11-22T20:00:00', '20:00', '18 h ago'],
      ['2026-11-21T20:00:00', '20:00', '21 Nov'],
      ['2025-03-01T20:00:00', '20:00', '1 Mar 2025'],
      // A clock that was set back does not make the past the future.
      ['2026-11-23T15:00:00', '15:00', '23 Nov'],
    ];
    for (const [moment, underDay, elsewhere] of cases) {
      assert.equal(whenText(at(moment), 'day', wording), underDay);
      assert.equal(whenText(at(moment), 'verdict', wording), elsewhere);
    }
  });

  it('survive a moment beyond all dates', () => {
    assert.equal(whenText(1e300, 'verdict', wording), '?');
  });
});
