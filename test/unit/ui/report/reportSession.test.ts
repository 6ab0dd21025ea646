import assert from 'node:assert/strict';
import type { HostToReport } from '../../../../src/shared/protocol/report';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import type { RecordRequests, ReportActions } from '../../../../src/ui/report/reportActions';
import { type ReportContent, ReportSession } from '../../../../src/ui/report/reportSession';
import { RecordingLogger } from '../../support/recordingLogger';
import {
  hostileRecord,
  largeFolder,
  maliciousFile,
  networkScan,
  sha256,
  suspiciousArchive,
  suspiciousLink,
} from '../../support/reportRecords';
import { FakeSurface } from '../support/fakeSurface';

class NotingActions implements ReportActions {
  readonly calls: unknown[][] = [];
  openFile = (path: string): void => void this.calls.push(['openFile', path]);
  canReveal = (): boolean => true;
  reveal = (path: string): void => void this.calls.push(['reveal', path]);
  openMatch = (place: object): void => void this.calls.push(['openMatch', place]);
  openReference = (address: string): void => void this.calls.push(['openReference', address]);
  copy = (text: string, what: string): Promise<void> => {
    this.calls.push(['copy', what, text]);
    return Promise.resolve();
  };
}

function start(content: ReportContent | undefined, requests: RecordRequests = {}) {
  const surface = new FakeSurface<HostToReport>();
  const actions = new NotingActions();
  const logger = new RecordingLogger();
  const failures: unknown[] = [];
  const session = new ReportSession(surface, content, {
    actions,
    requests: () => requests,
    logger,
    onFailed: (error) => failures.push(error),
  });
  const ask = async (message: unknown): Promise<void> => {
    surface.messages.fire(message);
    // Everything in these tests is done within a few turns of the queue.
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { surface, actions, logger, failures, session, ask, calls: actions.calls };
}

const ready = { type: 'ready' };

describe('ReportSession', () => {
  it('sends the record and what is offered, once the page listens, and again when it is shown anew', async () => {
    const record = maliciousFile();
    const { surface, ask } = start(record, { scanAgain: () => undefined });
    assert.deepEqual(surface.types, []);
    await ask(ready);
    const [message] = surface.posted;
    assert.ok(message?.type === 'hydrate');
    assert.deepEqual(message.record, record);
    assert.equal(message.actions[0], 'scanAgain');
    surface.show(false);
    surface.show(true);
    assert.equal(surface.posted.length, 1, 'the new document does not listen yet');
    await ask(ready);
    assert.equal(surface.posted.length, 2);
  });

  it('waits for a record that is looked for, and says why there is none', async () => {
    const { surface, session, ask } = start(undefined);
    await ask(ready);
    assert.deepEqual(surface.types, []);
    session.show('gone');
    assert.deepEqual(surface.posted, [{ type: 'missing', reason: 'gone' }]);
    session.show(maliciousFile());
    assert.deepEqual(surface.types, ['missing', 'hydrate']);
  });

  it('sends a changed record, and an unchanged one not again', async () => {
    const { surface, session, ask } = start(maliciousFile());
    await ask(ready);
    session.show(maliciousFile());
    assert.equal(surface.posted.length, 1);
    session.show(maliciousFile({ status: 'running' }));
    const last = surface.posted.at(-1);
    assert.ok(last?.type === 'hydrate');
    assert.deepEqual([last.revision, last.record.status], [1, 'running']);
  });

  it('opens a place of the file as it was scanned', async () => {
    const { calls, ask } = start(maliciousFile());
    await ask({ type: 'openMatch', revision: 0, finding: 1, match: 1 });
    const { target, details } = maliciousFile();
    assert.ok(details?.type === 'file');
    assert.deepEqual(calls, [
      [
        'openMatch',
        {
          path: target,
          offset: 0x1f0,
          length: 128,
          sizeBytes: details.sizeBytes,
          modifiedAt: details.modifiedAt,
        },
      ],
    ]);
  });

  it('opens files of a folder: findings, their places, and files without an answer', async () => {
    const { calls, ask } = start(largeFolder(3));
    await ask({ type: 'openFinding', revision: 0, finding: 2 });
    await ask({ type: 'openMatch', revision: 0, finding: 0, match: 0 });
    await ask({ type: 'openProblem', revision: 0, problem: 1 });
    const file = (index: number): string =>
      `/home/ada/projects/shop/node_modules/package-${index}/lib/deeply/nested/module-${index}.js`;
    assert.deepEqual(calls, [
      ['openFile', file(2)],
      ['openMatch', { path: file(0), offset: 0x4d8, length: 21 }],
      ['openFile', '/home/ada/projects/shop/.cache/blob-1'],
    ]);
  });

  it('opens no place that lies inside of an archive, and none of what is no file', async () => {
    for (const record of [suspiciousArchive(), hostileRecord()]) {
      const { calls, ask } = start(record);
      await ask({ type: 'openMatch', revision: 0, finding: 0, match: 0 });
      assert.deepEqual(calls, []);
    }
    for (const record of [suspiciousLink(), networkScan()]) {
      const finding = { ...maliciousFile().findings[1]!, path: '/etc/passwd' };
      const { calls, ask } = start({ ...record, findings: [finding] });
      await ask({ type: 'openMatch', revision: 0, finding: 0, match: 0 });
      await ask({ type: 'openFinding', revision: 0, finding: 0 });
      assert.deepEqual(calls, []);
    }
  });

  it('opens references on the web, and refuses all others', async () => {
    const good = start(maliciousFile());
    await good.ask({ type: 'openReference', revision: 0, finding: 1 });
    assert.deepEqual(good.calls, [
      ['openReference', 'https://docs.npmjs.com/cli/using-npm/scripts#life-cycle-scripts'],
    ]);
    const bad = start(hostileRecord());
    for (const finding of [0, 1]) await bad.ask({ type: 'openReference', revision: 0, finding });
    assert.deepEqual(bad.calls, []);
  });

  it('does not follow a click on what has changed since', async () => {
    const { calls, session, ask } = start(maliciousFile());
    session.show(maliciousFile({ findings: [] }));
    session.show(maliciousFile());
    await ask({ type: 'openMatch', revision: 0, finding: 1, match: 0 });
    assert.deepEqual(calls, []);
    await ask({ type: 'openMatch', revision: 2, finding: 1, match: 0 });
    assert.equal(calls.length, 1);
  });

  it('copies and confirms it', async () => {
    const { surface, calls, ask } = start(maliciousFile());
    await ask(ready);
    await ask({ type: 'copyHash', name: 'md5' });
    await ask({ type: 'action', name: 'copySha256' });
    await ask({ type: 'action', name: 'copyTarget' });
    await ask({ type: 'action', name: 'copyReport' });
    assert.deepEqual(calls.slice(0, 3), [
      ['copy', 'md5', '5d41402abc4b2a76b9719d911017c592'],
      ['copy', 'sha256', sha256],
      ['copy', 'target', maliciousFile().target],
    ]);
    assert.match(String(calls[3]?.[2]), /^# Malicious\n/);
    assert.deepEqual(surface.types.slice(1), ['copied', 'copied', 'copied', 'copied']);
  });

  it('does what is offered, with the record, and nothing else', async () => {
    const asked: [string, ScanRecord][] = [];
    const record = maliciousFile();
    const { ask, actions } = start(record, {
      scanAgain: (of) => asked.push(['scanAgain', of]),
      markSafe: (of) => asked.push(['markSafe', of]),
    });
    await ask({ type: 'action', name: 'scanAgain' });
    await ask({ type: 'action', name: 'markSafe' });
    await ask({ type: 'action', name: 'unmarkSafe' });
    await ask({ type: 'action', name: 'exportJson' });
    assert.deepEqual(asked, [
      ['scanAgain', record],
      ['markSafe', record],
    ]);
    await ask({ type: 'action', name: 'openTarget' });
    await ask({ type: 'action', name: 'revealTarget' });
    assert.deepEqual(actions.calls, [
      ['openFile', record.target],
      ['reveal', record.target],
    ]);
  });

  it('never opens the address that was scanned', async () => {
    const { calls, ask } = start(suspiciousLink());
    await ask({ type: 'action', name: 'openTarget' });
    await ask({ type: 'action', name: 'revealTarget' });
    assert.deepEqual(calls, []);
  });

  it('offers at once what can be done from now on', () => {
    let requests: RecordRequests = {};
    const surface = new FakeSurface<HostToReport>();
    const session = new ReportSession(surface, maliciousFile(), {
      actions: new NotingActions(),
      requests: () => requests,
      logger: new RecordingLogger(),
      onFailed: () => undefined,
    });
    surface.messages.fire(ready);
    requests = { scanAgain: () => undefined };
    session.refreshActions();
    const last = surface.posted.at(-1);
    assert.ok(last?.type === 'hydrate' && last.actions.includes('scanAgain'));
  });

  it('tells of what did not work out, and goes on', async () => {
    const problem = new Error('no clipboard');
    const { failures, calls, actions, ask, surface } = start(maliciousFile());
    actions.copy = () => Promise.reject(problem);
    await ask(ready);
    await ask({ type: 'action', name: 'copyTarget' });
    assert.deepEqual(failures, [problem]);
    assert.ok(!surface.types.includes('copied'));
    await ask({ type: 'action', name: 'openTarget' });
    assert.equal(calls.length, 1);
  });

  it('refuses what is malformed, and does nothing for what the record does not hold', async () => {
    const { calls, logger, ask } = start(maliciousFile());
    const malformed: unknown[] = [
      null,
      'ready',
      { type: 'openMatch', finding: 0, match: 0 },
      { type: 'openMatch', revision: 0, finding: -1, match: 0 },
      { type: 'openMatch', revision: 0, finding: 0.5, match: 0 },
      { type: 'openMatch', revision: 0, finding: 0, match: 0, path: '/etc/passwd' },
      { type: 'openReference', revision: 0, finding: 0, address: 'https://evil.example' },
      { type: 'openFile', path: '/etc/passwd' },
      { type: 'action', name: 'toString' },
      { type: 'copyHash', name: '__proto__' },
    ];
    for (const raw of malformed) await ask(raw);
    assert.equal(logger.of('warning').length, malformed.length);
    const absent: unknown[] = [
      { type: 'openMatch', revision: 0, finding: 99, match: 0 },
      { type: 'openMatch', revision: 0, finding: 0, match: 99 },
      { type: 'openFinding', revision: 0, finding: 99 },
      { type: 'openProblem', revision: 0, problem: 0 },
      { type: 'openReference', revision: 0, finding: 99 },
    ];
    for (const raw of absent) await ask(raw);
    assert.deepEqual(calls, []);
  });

  it('does nothing without a record', async () => {
    const { calls, failures, ask } = start('unreadable');
    await ask({ type: 'action', name: 'copyTarget' });
    await ask({ type: 'openFinding', revision: 0, finding: 0 });
    assert.deepEqual([calls, failures], [[], []]);
  });

  it('leaves nothing behind', async () => {
    const { surface, session, ask } = start(maliciousFile());
    await ask(ready);
    session.dispose();
    session.dispose();
    session.show(maliciousFile({ summary: 'other' }));
    assert.equal(surface.posted.length, 1);
    assert.deepEqual([surface.messages.listenerCount, surface.visibility.listenerCount], [0, 0]);
  });
});
