import assert from 'node:assert/strict';
import { TaskSupervisor } from '../../../../src/services/tasks/taskSupervisor';
import { SentinelError } from '../../../../src/shared/errors';
import type { HistoryExportRequest, HistoryExportResult } from '../../../../src/shared/history/export';
import type { HistoryFilter } from '../../../../src/shared/history/query';
import { ExportCommand, type ExportScopes } from '../../../../src/ui/history/exportCommand';
import {
  exportFailureText,
  exportKinds,
  kindDetail,
  kindLabel,
} from '../../../../src/ui/history/exportTexts';
import { everything } from '../../../../src/ui/history/historyFilter';
import type { NotificationAction } from '../../../../src/ui/notifications';
import { outcomeText } from '../../../../src/ui/tasks/taskTexts';
import { FakeClock } from '../../support/fakeClock';
import { FakeHistory } from '../../support/fakeHistory';
import { RecordingLogger } from '../../support/recordingLogger';
import { madeRecord } from '../../support/scanRecords';
import { english } from '../../support/translate';

const result: HistoryExportResult = { records: 1_234, omitted: 0, bytes: 5 };

async function setUp({ remote = false } = {}) {
  const history = new FakeHistory();
  await history.put(madeRecord({ id: '1', target: '/setup.sh' }));
  await history.put(madeRecord({ id: '2', target: '/other' }));
  const supervisor = new TaskSupervisor({ clock: new FakeClock(), logger: new RecordingLogger() });
  const exports: { filter: HistoryFilter; request: HistoryExportRequest; title: string }[] = [];
  const said: { message: string; actions: readonly NotificationAction[] }[] = [];
  const shown: string[] = [];
  const suggestions: string[] = [];
  const scopes: ExportScopes[] = [];
  const kept = new Map<string, unknown>();
  const answers = {
    filter: everything,
    scope: 'filtered' as 'all' | 'filtered' | undefined,
    kind: 'json' as (typeof exportKinds)[number] | undefined,
    file: { scheme: 'file', fsPath: '/home/user/out.json' } as { scheme: string; fsPath: string } | undefined,
    existing: [] as string[],
    run: (): HistoryExportResult => result,
  };
  const say = (message: string, ...actions: readonly NotificationAction[]): void => {
    said.push({ message, actions });
  };
  const lastKinds: unknown[] = [];
  const command = new ExportCommand({
    history: {
      count: (filter) => history.count(filter),
      export: (filter, request, title) => {
        exports.push({ filter, request, title });
        return supervisor.submit({ kind: 'export', title, run: () => answers.run() });
      },
    },
    filterChoice: () => answers.filter,
    pickScope: (asked) => {
      scopes.push(asked);
      return Promise.resolve(answers.scope);
    },
    pickKind: (last) => {
      lastKinds.push(last);
      return Promise.resolve(answers.kind);
    },
    askForFile: (suggestion) => {
      suggestions.push(suggestion);
      return Promise.resolve(answers.file);
    },
    exists: (file) => Promise.resolve(answers.existing.includes(file)),
    defaultFolder: () => '/my projects',
    openFile: (file) => shown.push(`open ${file}`),
    ...(remote ? {} : { revealFile: (file: string) => shown.push(`reveal ${file}`) }),
    notifications: { success: say, info: say, warning: say },
    choices: {
      get: (key) => kept.get(key),
      update: (key, value) => {
        kept.set(key, value);
        return Promise.resolve();
      },
    },
    clock: { now: () => new Date(2026, 10, 3, 12).getTime() },
    sentinelVersion: '1.2.3',
    t: english,
  });
  return { command, history, answers, exports, said, shown, suggestions, scopes, lastKinds, kept };
}

describe('the command that exports the history', () => {
  it('exports everything without asking what, and says where it is', async () => {
    const { command, exports, said, shown, suggestions, scopes } = await setUp();
    assert.deepEqual(await command.run(), result);
    assert.deepEqual(scopes, []);
    assert.deepEqual(suggestions, ['/my projects/sentinel-history-2026-11-03.json']);
    assert.deepEqual(exports, [
      {
        filter: {},
        request: {
          file: '/home/user/out.json',
          format: 'json',
          byteOrderMark: false,
          sentinelVersion: '1.2.3',
        },
        title: 'Exporting the scan history to out.json',
      },
    ]);
    assert.equal(said[0]?.message, 'Exported 1\u202f234 records to out.json as JSON.');
    assert.deepEqual(
      said[0].actions.map(({ label }) => label),
      ['Open', 'Reveal'],
    );
    for (const { run } of said[0].actions) run();
    assert.deepEqual(shown, ['open /home/user/out.json', 'reveal /home/user/out.json']);
  });

  it('reveals nothing on another machine', async () => {
    const { command, said } = await setUp({ remote: true });
    await command.run();
    assert.deepEqual(
      said[0]?.actions.map(({ label }) => label),
      ['Open'],
    );
  });

  it('asks whether all or what is filtered, where there is a filter', async () => {
    const { command, exports, scopes, answers } = await setUp();
    answers.filter = { ...everything, text: 'setup' };
    await command.run();
    assert.deepEqual(scopes, [{ all: 2, filtered: 1, filterText: '“setup”' }]);
    answers.scope = 'all';
    await command.run();
    assert.deepEqual(
      exports.map(({ filter }) => filter),
      [{ text: 'setup' }, {}],
    );
  });

  it('does nothing when a question is left unanswered', async () => {
    const { command, exports, answers, said } = await setUp();
    answers.file = undefined;
    assert.equal(await command.run(), undefined);
    answers.kind = undefined;
    assert.equal(await command.run(), undefined);
    answers.filter = { ...everything, text: 'setup' };
    answers.scope = undefined;
    assert.equal(await command.run(), undefined);
    assert.deepEqual([exports, said], [[], []]);
  });

  it('says that there is nothing to export', async () => {
    const { command, history, said, suggestions } = await setUp();
    await history.clear();
    assert.equal(await command.run(), undefined);
    assert.equal(said[0]?.message, 'The scan history is empty.');
    assert.deepEqual(suggestions, []);
  });

  it('takes files on disk only', async () => {
    const { command, answers, said, exports } = await setUp();
    answers.file = { scheme: 'vscode-vfs', fsPath: '/out.json' };
    await command.run();
    assert.match(said[0]?.message ?? '', /files on disk only/);
    assert.deepEqual(exports, []);
  });

  it('suggests what was chosen the last time', async () => {
    const { command, answers, suggestions, lastKinds, kept } = await setUp();
    answers.kind = 'csvForExcel';
    answers.file = { scheme: 'file', fsPath: '/elsewhere/a.csv' };
    await command.run();
    await command.run();
    assert.deepEqual(lastKinds, [undefined, 'csvForExcel']);
    assert.equal(suggestions[1], '/elsewhere/sentinel-history-2026-11-03.csv');
    for (const key of kept.keys()) kept.set(key, { no: 'choice' });
    await command.run();
    assert.equal(lastKinds[2], undefined);
    assert.match(suggestions[2] ?? '', /^\/my projects\//);
  });

  it('knows the format by the choice, and by a name that says another', async () => {
    const { command, answers, exports, said } = await setUp();
    const rows = [
      ['csv', '/a.csv', 'csv', false],
      ['csvForExcel', '/a.CSV', 'csv', true],
      ['csv', '/a.txt', 'csv', false],
      ['csv', '/a.json', 'json', false],
      ['sarif', '/a.sarif', 'sarif', false],
      ['sarif', '/a.sarif.json', 'sarif', false],
      ['sarif', '/a.json', 'sarif', false],
      ['json', '/a.sarif', 'sarif', false],
    ] as const;
    for (const [kind, fsPath, format, byteOrderMark] of rows) {
      answers.kind = kind;
      answers.file = { scheme: 'file', fsPath };
      await command.run();
      const { request } = exports.pop()!;
      assert.deepEqual(
        [request.file, request.format, request.byteOrderMark],
        [fsPath, format, byteOrderMark],
      );
      assert.ok(said.at(-1)?.message.endsWith(` as ${format.toUpperCase()}.`), said.at(-1)?.message);
    }
  });

  it('adds the extension that a dialog left out, unless that would be another file', async () => {
    const { command, answers, exports } = await setUp();
    answers.file = { scheme: 'file', fsPath: '/out' };
    await command.run();
    answers.existing = ['/out.json'];
    await command.run();
    assert.deepEqual(
      exports.map(({ request }) => request.file),
      ['/out.json', '/out'],
    );
  });

  it('says what is not in the file', async () => {
    const { command, answers, said } = await setUp();
    answers.run = () => ({ records: 1, omitted: 2, bytes: 1 });
    await command.run();
    assert.equal(
      said[0]?.message,
      'Exported 1 record to out.json as JSON. Left out, as the format has no place for scans of networks: 2 records.',
    );
  });

  it('exports the record of a report alone, as JSON, without asking more than where', async () => {
    const { command, exports, suggestions, lastKinds, said, kept } = await setUp();
    const startedAt = new Date(2026, 9, 5, 12).getTime();
    assert.deepEqual(await command.runFor({ id: '2', startedAt }), result);
    assert.deepEqual(lastKinds, []);
    assert.deepEqual(suggestions, ['/my projects/sentinel-scan-2026-10-05.json']);
    assert.deepEqual(
      exports.map(({ filter, request }) => [filter, request.format]),
      [[{ id: '2' }, 'json']],
    );
    assert.equal(kept.has('history.exportKind'), false, 'the next choice is not preempted');
    assert.equal(await command.runFor({ id: 'gone', startedAt }), undefined);
    assert.match(said.at(-1)?.message ?? '', /not in the history any more/);
    assert.equal(exports.length, 1);
  });

  it('leaves the words about a failure to the task', async () => {
    const { command, answers, said } = await setUp();
    answers.run = () => {
      throw new SentinelError('export.diskFull', 'ENOSPC');
    };
    assert.equal(await command.run(), undefined);
    assert.deepEqual(said, []);
  });
});

describe('words of exports', () => {
  it('each kind has its own', () => {
    const words = exportKinds.flatMap((kind) => [kindLabel(kind, english), kindDetail(kind, english)]);
    assert.equal(new Set(words).size, 2 * exportKinds.length);
  });

  it('say why an export failed', () => {
    const outcome = { status: 'failed', error: new SentinelError('export.diskFull', 'ENOSPC: …') } as const;
    assert.equal(outcomeText('Exporting', outcome, english), 'Exporting: failed. The disk is full.');
    const codes = ['folderMissing', 'isFolder', 'notRegularFile', 'denied', 'busy', 'readOnly', 'diskFull'];
    const texts = [...codes, 'tooLarge', 'badName'].map((code) =>
      exportFailureText(`export.${code}`, english),
    );
    assert.equal(new Set(texts).size, texts.length);
    assert.ok(texts.every((text) => text !== undefined));
    assert.equal(exportFailureText('export.failed', english), undefined);
  });
});
