import assert from 'node:assert/strict';
import type { Task, TaskOutcome } from '../../../../src/services/tasks/task';
import { SentinelError } from '../../../../src/shared/errors';
import type {
  MoveRequest,
  MoveResult,
  RestoreResult,
} from '../../../../src/shared/protocol/quarantineWorker';
import {
  type QuarantineItem,
  type QuarantineRecord,
  quarantineRefusals,
} from '../../../../src/shared/quarantine/quarantineRecord';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import { DateTexts } from '../../../../src/ui/dateTexts';
import type { NotificationAction } from '../../../../src/ui/notifications';
import { type ItemAction, QuarantineActions } from '../../../../src/ui/quarantine/quarantineActions';
import { itemTexts, refusalText } from '../../../../src/ui/quarantine/quarantineTexts';
import { type Suspect, suspectOf } from '../../../../src/ui/quarantine/suspect';
import { FakeHistory } from '../../support/fakeHistory';
import { madeRecord } from '../../support/scanRecords';
import { english } from '../../support/translate';

const record: QuarantineRecord = {
  version: 1,
  id: 'a'.repeat(32),
  origin: '/srv/shop/install.js',
  sha256: 'b'.repeat(64),
  sizeBytes: 1_234,
  mode: 0o755,
  modifiedNs: '1',
  movedAt: Date.UTC(2026, 10, 21, 12),
  reason: { recordId: 'r-1', verdict: 'malicious', summary: 'EICAR' },
};
const stored: QuarantineItem = { type: 'stored', record };
const suspect: Suspect = { path: record.origin, sha256: record.sha256 };

function taskOf<T>(outcome: TaskOutcome<T>): Task<T> {
  return { outcome: Promise.resolve(outcome) } as unknown as Task<T>;
}
const done = <T>(result: T): Task<T> => taskOf({ status: 'finished', result });

function setUp() {
  const history = new FakeHistory();
  const asked: MoveRequest[] = [];
  const moves: (MoveResult | 'cancelled')[] = [];
  const restores: RestoreResult[] = [];
  const targets: (string | undefined)[] = [];
  const removed: string[] = [];
  const items: QuarantineItem[] = [];
  const picks: ({ readonly item: QuarantineItem; readonly action: ItemAction } | undefined)[] = [];
  const questions: { readonly question: string; readonly detail: string }[] = [];
  const answers: boolean[] = [];
  const said: { readonly severity: string; readonly message: string; readonly labels: string[] }[] = [];
  const copied: string[] = [];
  const opened: ScanRecord[] = [];
  const moved: string[] = [];
  const offered: (readonly Suspect[])[] = [];
  const places: (string | undefined)[] = [];
  const offers: NotificationAction[] = [];
  const file = { unsaved: false, modifiedAt: undefined as number | undefined };
  const say =
    (severity: string) =>
    (message: string, ...actions: readonly NotificationAction[]): void => {
      said.push({ severity, message, labels: actions.map(({ label }) => label) });
      offers.splice(0, offers.length, ...actions);
    };
  const actions = new QuarantineActions({
    quarantine: {
      move: (request) => {
        asked.push(request);
        const next = moves.shift() ?? { status: 'moved', record };
        return next === 'cancelled' ? taskOf({ status: 'cancelled' }) : done(next);
      },
      restore: (_, target) => {
        targets.push(target);
        return done(
          restores.shift() ?? {
            status: 'restored',
            record,
            path: target ?? record.origin,
            ownerRestored: true,
          },
        );
      },
      remove: (id) => {
        removed.push(id);
        return done({ status: 'removed' as const });
      },
      list: () => done([...items]),
    },
    history,
    openReport: (each) => opened.push(each),
    notifications: { success: say('success'), info: say('info'), warning: say('warning') },
    t: english,
    confirm: (question, detail) => {
      questions.push({ question, detail });
      return Promise.resolve(answers.shift() ?? true);
    },
    pickItem: () => Promise.resolve(picks.shift()),
    pickSuspects: (suspects) => {
      offered.push(suspects);
      return Promise.resolve(suspects.slice(1));
    },
    askForPlace: () => Promise.resolve(places.shift()),
    isUnsaved: () => file.unsaved,
    modifiedAt: () => Promise.resolve(file.modifiedAt),
    copy: (text) => {
      copied.push(text);
      return Promise.resolve();
    },
    mention: (text) => copied.push(text),
    onMoved: (each) => moved.push(each),
  });
  return {
    actions,
    history,
    asked,
    moves,
    restores,
    targets,
    removed,
    items,
    picks,
    questions,
    answers,
    said,
    copied,
    opened,
    moved,
    places,
    offered,
    offers,
    file,
  };
}

describe('moving files to the quarantine', () => {
  it('says what does not come back, before a file moves and before it is restored', async () => {
    const { actions, items, picks, questions } = setUp();
    await actions.move([{ path: '/home/someone/a.js' }]);
    await actions.move([{ path: '/home/someone/a.js' }, { path: '/home/someone/b.js' }]);
    items.push(stored);
    picks.push({ item: stored, action: 'restore' });
    await actions.show();
    const said = questions.map(({ question, detail }) => [question, /Access lists.*not/.test(detail)]);
    assert.deepEqual(said, [
      ['Move a.js to the quarantine?', true],
      ['Move 2 files to the quarantine?', true],
      ['Restore install.js?', true],
    ]);
  });

  it('asks first, and does nothing without a yes', async () => {
    const { actions, asked, answers, questions, said } = setUp();
    answers.push(false);
    assert.deepEqual(await actions.move([suspect]), []);
    assert.match(questions[0]?.question ?? '', /Move install\.js to the quarantine\?/);
    assert.match(questions[0]?.detail ?? '', /^\/srv\/shop\/install\.js\n/);
    assert.deepEqual([asked.length, said.length], [0, 0]);
  });

  it('moves what was scanned, and offers the way back', async () => {
    const { actions, asked, said, moved, offers, targets } = setUp();
    const scanned = madeRecord({ id: 'r-1', target: '/srv/x', sha256: 'c'.repeat(64), verdict: 'malicious' });
    await actions.move([suspectOf(scanned)]);
    assert.deepEqual(asked, [
      {
        path: '/srv/x',
        sha256: 'c'.repeat(64),
        reason: { recordId: 'r-1', verdict: 'malicious', summary: scanned.summary },
      },
    ]);
    assert.deepEqual(moved, ['/srv/x']);
    assert.deepEqual(said[0]?.labels, ['Restore…', 'Show Quarantine']);
    await offers[0]?.run();
    assert.deepEqual(targets, [undefined]);
    assert.match(said[1]?.message ?? '', /install\.js is back in \/srv\/shop\./);
  });

  it('says when what is there now was not scanned, or will be written again', async () => {
    const { actions, questions, file } = setUp();
    file.unsaved = true;
    file.modifiedAt = 2_000;
    await actions.move([{ path: '/a', scannedAt: 1_000 }]);
    assert.match(questions[0]?.detail ?? '', /changed after the scan/);
    assert.match(questions[0]?.detail ?? '', /unsaved changes/);
    file.unsaved = false;
    await actions.move([{ path: '/a', scannedAt: 3_000 }, suspect]);
    for (const { detail } of questions.slice(1)) assert.doesNotMatch(detail, /after the scan|unsaved/);
  });

  it('asks about several once, and about those again that are not as they were', async () => {
    const { actions, questions, asked, answers, file } = setUp();
    const many = Array.from({ length: 12 }, (_, index) => ({ path: `/srv/f${index}`, scannedAt: 1_000 }));
    await actions.move(many);
    assert.equal(questions.length, 1);
    assert.match(questions[0]?.question ?? '', /Move 12 files/);
    assert.match(questions[0]?.detail ?? '', /\/srv\/f9\nand 2 more\n/);
    assert.equal(asked.length, 12);
    file.modifiedAt = 2_000;
    answers.push(true, true, false);
    await actions.move(many.slice(0, 2));
    assert.equal(questions.length, 4);
    assert.equal(asked.length, 13);
    answers.push(false);
    assert.deepEqual(await actions.move(many), []);
  });

  it('lets a person choose among the files that speak against a folder', async () => {
    const { actions, offered, asked } = setUp();
    const finding = {
      engine: 'yara',
      rule: 'r',
      title: 'Found',
      severity: 'high',
      weight: 'malicious',
    } as const;
    const folder = madeRecord({
      kind: 'folder',
      target: '/srv/shop',
      verdict: 'malicious',
      findings: [
        { ...finding, path: '/srv/shop/a' },
        { ...finding, path: '/srv/shop/b', title: 'First' },
        { ...finding, path: '/srv/shop/b' },
        { ...finding, path: '/srv/shop/c', weight: 'informational' },
      ],
    });
    await actions.moveScanned(folder);
    assert.deepEqual(
      offered[0]?.map(({ path, reason }) => [path, reason?.summary]),
      [
        ['/srv/shop/a', 'Found'],
        ['/srv/shop/b', 'First, Found'],
      ],
    );
    assert.deepEqual(
      asked.map(({ path, sha256 }) => [path, sha256]),
      [['/srv/shop/b', undefined]],
    );
  });

  it('tells why it was refused, and goes on with the next', async () => {
    const { actions, moves, said, moved } = setUp();
    moves.push({ status: 'refused', reason: 'changed' });
    const results = await actions.move([suspect, { path: '/b' }]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['refused', 'moved'],
    );
    assert.deepEqual(said[0]?.severity, 'warning');
    assert.match(said[0].message, /has changed since/);
    assert.deepEqual(moved, ['/b']);
  });

  it('asks once more where other names stay', async () => {
    const { actions, moves, asked, questions, answers } = setUp();
    moves.push({ status: 'refused', reason: 'hardLinked', otherNames: 3 });
    await actions.move([suspect]);
    assert.match(questions[1]?.detail ?? '', /under 3 other names/);
    assert.deepEqual(
      asked.map(({ leavesOtherNames }) => leavesOtherNames),
      [undefined, true],
    );
    moves.push({ status: 'refused', reason: 'hardLinked', otherNames: 1 });
    answers.push(true, false);
    await actions.move([suspect]);
    assert.equal(asked.length, 3);
  });

  it('says nothing of its own when it was cancelled', async () => {
    const { actions, moves, said } = setUp();
    moves.push('cancelled');
    assert.deepEqual(await actions.move([suspect]), []);
    assert.deepEqual(said, []);
  });
});

describe('the list of the quarantine', () => {
  it('says that it is empty', async () => {
    const { actions, said } = setUp();
    await actions.show();
    assert.match(said[0]?.message ?? '', /is empty/);
  });

  it('restores after a question, to another place where the first is taken', async () => {
    const { actions, items, picks, restores, targets, places, questions } = setUp();
    items.push(stored);
    picks.push({ item: stored, action: 'restore' });
    restores.push({ status: 'refused', reason: 'nameTaken' });
    places.push('/srv/shop/other.js');
    await actions.show();
    assert.deepEqual(targets, [undefined, '/srv/shop/other.js']);
    assert.match(questions[1]?.question ?? '', /It was not replaced/);
  });

  it('does not ask for another place where that would not help', async () => {
    const { actions, items, picks, restores, targets, said } = setUp();
    items.push(stored);
    picks.push({ item: stored, action: 'restore' });
    restores.push({ status: 'refused', reason: 'damaged' });
    await actions.show();
    assert.deepEqual(targets, [undefined]);
    assert.match(said[0]?.message ?? '', /damaged, and was not restored/);
  });

  it('deletes for good after a question, and shows the rest', async () => {
    const { actions, items, picks, removed, answers } = setUp();
    const damaged: QuarantineItem = { type: 'damaged', id: 'c'.repeat(32), problem: 'recordMissing' };
    items.push(stored, damaged);
    picks.push({ item: stored, action: 'remove' }, { item: damaged, action: 'remove' });
    answers.push(false, true);
    await actions.show();
    assert.deepEqual(removed, ['c'.repeat(32)]);
  });

  it('copies the hash and opens the report, or says that it has gone', async () => {
    const { actions, items, picks, copied, opened, history, said } = setUp();
    items.push(stored);
    picks.push({ item: stored, action: 'copyHash' }, { item: stored, action: 'openReport' });
    await actions.show();
    assert.equal(copied[0], record.sha256);
    assert.match(said[0]?.message ?? '', /not in the history any more/);
    await history.put(madeRecord({ id: 'r-1' }));
    picks.push({ item: stored, action: 'openReport' });
    await actions.show();
    assert.equal(opened[0]?.id, 'r-1');
  });

  it('has words for everything', () => {
    const dates = new DateTexts('en');
    const texts = quarantineRefusals.map((reason) =>
      refusalText('/a/b$(x)\u202e.js', { status: 'refused', reason, systemCode: 'EXDEV' }, english),
    );
    assert.equal(new Set(texts).size, texts.length);
    for (const text of texts) assert.ok(!text.includes('$(') && !text.includes('\u202e'), text);
    const { label, description, detail } = itemTexts(stored, dates, english);
    assert.equal(label, 'install.js');
    assert.equal(description, 'Malicious · /srv/shop');
    assert.match(detail, /2026.* · 1\.2 KB · SHA-256 b{16}…/);
    assert.match(
      itemTexts({ type: 'damaged', id: '1', problem: 'recordMissing' }, dates, english).description,
      /record is missing/,
    );
    assert.match(itemTexts({ type: 'unfinished', record }, dates, english).description, /not finished/);
  });

  it('leaves it to the surface of tasks to tell of what failed', async () => {
    const { said } = setUp();
    const actions = new QuarantineActions({
      ...({} as ConstructorParameters<typeof QuarantineActions>[0]),
      t: english,
      quarantine: {
        list: () => taskOf({ status: 'failed', error: new SentinelError('x', 'made by a test') }),
      } as unknown as ConstructorParameters<typeof QuarantineActions>[0]['quarantine'],
    });
    await actions.show();
    assert.deepEqual(said, []);
  });
});
