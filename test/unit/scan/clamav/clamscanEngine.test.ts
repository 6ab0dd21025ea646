import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type {
  ProcessCommand,
  ProcessEnd,
  ProcessResult,
} from '../../../../src/services/process/processCommand';
import { ProcessRunner } from '../../../../src/services/process/processRunner';
import { ClamscanEngine, type ClamscanOptions } from '../../../../src/services/scan/clamav/clamscanEngine';
import type { EngineAnswer } from '../../../../src/services/scan/fileEngine';
import { systemClock } from '../../../../src/shared/clock';
import { skipForWant } from '../../../support/skip';
import { FixtureBundle } from '../../support/fixtureBundle';
import { RecordingLogger } from '../../support/recordingLogger';
import { eicar } from '../support/eicar';
import { badText, writeDatabase } from './support/realClamd';

const control = { signal: new AbortController().signal, tell: () => undefined };

describe('clamscan', () => {
  let asked: ProcessCommand[];
  let result: Partial<Record<'stdout' | 'stderr', string>> & { readonly end: ProcessEnd };
  const given = (options: Partial<ClamscanOptions> = {}): ClamscanEngine =>
    new ClamscanEngine({
      find: () => Promise.resolve('/usr/bin/clamscan'),
      forget: () => undefined,
      isEnabled: () => true,
      run: (command) => {
        asked.push(command);
        const version = command.args.includes('--version');
        return Promise.resolve(
          version
            ? resultOf({
                end: { status: 'exited', exitCode: 0 },
                stdout: 'ClamAV 1.4.3/27800/Fri Nov 27 08:00:00 2026\n',
              })
            : resultOf(result),
        );
      },
      ...options,
    });
  const ask = (engine = given()): Promise<EngineAnswer> =>
    engine.ask({ path: '/some where/file', sizeBytes: 10 }, control);
  const says = async (exitCode: number, stdout: string, stderr = ''): Promise<string> => {
    result = { end: { status: 'exited', exitCode }, stdout, stderr };
    const { report, findings } = await ask();
    return [report.state, report.reason, findings[0]?.rule].filter(Boolean).join(' ');
  };

  beforeEach(() => {
    asked = [];
  });

  it('is believed only where its exit code and its words say the same', async () => {
    assert.equal(await says(0, '/some where/file: OK\n'), 'noHit');
    assert.equal(await says(0, '/some where/file: Empty file\n'), 'noHit');
    assert.equal(await says(1, '/some where/file: Some.Bad-1 FOUND\n'), 'hit Some.Bad-1');
    assert.equal(await says(0, ''), 'failed failed');
    assert.equal(await says(1, '/some where/file: OK\n'), 'failed failed');
    assert.equal(await says(0, '/some where/file: Some.Bad-1 FOUND\n'), 'failed failed');
    assert.equal(await says(0, '/other: OK\n'), 'failed failed');
    assert.equal(await says(2, '/some where/file: OK\n'), 'failed failed');
    assert.equal(await says(2, '', 'ERROR: Can not open file\n'), 'failed failed');
    assert.equal(
      await says(1, '/some where/file: Heuristics.Limits.Exceeded.MaxFileSize FOUND\n'),
      'partial partial',
    );
  });

  it('without signatures is not set up', async () => {
    const error = 'LibClamAV Error: cli_loaddbdir: No supported database files found in /var/lib/clamav\n';
    assert.equal(await says(2, '', error), 'notAsked notConfigured');
  });

  it('that did not come to its end has given no answer', async () => {
    const ends: readonly [ProcessEnd, string][] = [
      [{ status: 'timedOut', limitMs: 1 }, 'timedOut'],
      [{ status: 'cancelled' }, 'cancelled'],
      [{ status: 'signalled', signal: 'SIGSEGV' }, 'failed'],
      [{ status: 'notStarted', code: 'ENOENT', message: 'gone' }, 'failed'],
    ];
    for (const [end, reason] of ends) {
      result = { end, stdout: '/some where/file: OK\n' };
      const { report } = await ask();
      assert.deepEqual([report.state, report.reason], ['failed', reason]);
    }
  });

  it('tells its version and the age of its signatures, and that nothing leaves', async () => {
    assert.equal(await says(0, '/some where/file: OK\n'), 'noHit');
    const { report } = await ask();
    assert.deepEqual([report.version, report.database?.version, report.sendsAway], ['1.4.3', '27800', false]);
  });

  it('is not started where it is switched off or not there', async () => {
    const off = await ask(given({ isEnabled: () => false }));
    const absent = await ask(given({ find: () => Promise.resolve(undefined) }));
    assert.deepEqual([off.report.reason, absent.report.reason, asked], ['switchedOff', 'notFound', []]);
  });

  it('is not asked about folders', async () => {
    assert.equal((await given().declinesFolders())?.reason, 'notApplicable');
    assert.equal((await given({ isEnabled: () => false }).declinesFolders())?.reason, 'switchedOff');
    const absent = given({ find: () => Promise.resolve(undefined) });
    assert.equal((await absent.declinesFolders())?.reason, 'notFound');
  });
});

describe('the real clamscan', function () {
  this.timeout(60_000);
  const program = '/usr/bin/clamscan';
  const bundle = new FixtureBundle();
  let folder: string;
  let runner: ProcessRunner;

  before(async function () {
    if (!existsSync(program)) skipForWant(this, 'clamscan is not installed (Debian: clamav).');
    await bundle.build('src/services/process/guardian.process.ts');
  });
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-clamscan-'));
    const guardianFile = bundle.file('guardian.process');
    runner = new ProcessRunner({ clock: systemClock, logger: new RecordingLogger(), guardianFile });
  });
  afterEach(async () => {
    await runner.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('judges files by a database of the test’s own, whatever they are called', async () => {
    const databaseFolder = path.join(folder, 'database');
    writeDatabase(databaseFolder);
    const engine = new ClamscanEngine({
      find: () => Promise.resolve(program),
      forget: () => undefined,
      isEnabled: () => true,
      run: (command) => runner.run(command),
      databaseFolder,
    });
    const judge = async (name: string, content: string): Promise<string> => {
      const file = path.join(folder, name);
      writeFileSync(file, content);
      const { report, findings } = await engine.ask({ path: file, sizeBytes: content.length }, control);
      assert.match(report.version ?? '', /^\d/);
      return [report.state, findings[0]?.rule].filter(Boolean).join(' ');
    };
    assert.equal(await judge('plain', 'text'), 'noHit');
    assert.equal(await judge('empty', ''), 'noHit');
    assert.equal(await judge('e', eicar()), 'hit Own.Test.Eicar.UNOFFICIAL');
    assert.equal(await judge('a b: OK', `x ${badText}`), 'hit Own.Made.String.UNOFFICIAL');
    assert.equal(await judge('-x: Fake FOUND', 'text'), 'noHit');
    const none = path.join(folder, 'none');
    mkdirSync(none);
    const bare = new ClamscanEngine({
      find: () => Promise.resolve(program),
      forget: () => undefined,
      isEnabled: () => true,
      run: (command) => runner.run(command),
      databaseFolder: none,
    });
    const { report } = await bare.ask({ path: path.join(folder, 'e'), sizeBytes: 1 }, control);
    assert.deepEqual([report.state, report.reason], ['notAsked', 'notConfigured']);
  });
});

function resultOf({
  end,
  stdout = '',
  stderr = '',
}: {
  readonly end: ProcessEnd;
  readonly stdout?: string;
  readonly stderr?: string;
}): ProcessResult {
  const captured = (text: string): ProcessResult['stdout'] => ({ text, truncated: false });
  return { end, stdout: captured(stdout), stderr: captured(stderr), durationMs: 1 };
}
