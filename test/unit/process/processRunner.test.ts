import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ProcessCommand } from '../../../src/services/process/processCommand';
import { nodeCommand } from '../../../src/services/process/processCommand';
import { LineSplitter } from '../../../src/services/process/lineSplitter';
import { type GroupSignals, systemSignals } from '../../../src/services/process/processGroup';
import { ProcessRunner } from '../../../src/services/process/processRunner';
import { FakeClock } from '../support/fakeClock';
import { FixtureBundle } from '../support/fixtureBundle';
import { RecordingLogger } from '../support/recordingLogger';
import { isAlive } from '../../support/isAlive';
import { groupStates, Lines, processesWith, until } from './support/processes';

const folder = 'test/unit/process/support';

describe('ProcessRunner', () => {
  const bundle = new FixtureBundle();
  let clock: FakeClock;
  let logger: RecordingLogger;
  let runner: ProcessRunner;

  before(async () => {
    await bundle.build(
      'src/services/process/guardian.process.ts',
      `${folder}/family.script.ts`,
      `${folder}/child.script.ts`,
      `${folder}/host.script.ts`,
    );
  });
  after(() => {
    bundle.remove();
  });
  beforeEach(() => {
    clock = new FakeClock();
    logger = new RecordingLogger();
    runner = new ProcessRunner({ clock, logger, guardianFile: bundle.file('guardian.process') });
  });
  afterEach(async () => {
    await runner.stop();
    assert.equal(runner.runningCount, 0);
    assert.equal(clock.pendingTimers, 0);
  });

  /** Runs a piece of JavaScript as a program. */
  const script = (code: string, command: Partial<ProcessCommand> = {}): ProcessCommand => ({
    file: process.execPath,
    args: ['-e', code],
    ...command,
  });
  const family = (name: string, depth: number, ...manner: string[]): ProcessCommand => ({
    file: process.execPath,
    args: [bundle.file('family.script'), name, String(depth), ...manner],
  });

  describe('a result', () => {
    it('has the exit code and both streams', async () => {
      const { end, stdout, stderr } = await runner.run(
        script('process.stdout.write("out é"); process.stderr.write("err"); process.exitCode = 3'),
      );
      assert.deepEqual(end, { status: 'exited', exitCode: 3 });
      assert.deepEqual(stdout, { text: 'out é', truncated: false });
      assert.deepEqual(stderr, { text: 'err', truncated: false });
    });

    it('tells a signal from an exit', async () => {
      const { end } = await runner.run(
        script('process.kill(process.pid, "SIGSEGV"); setInterval(() => 0, 1e6)'),
      );
      assert.deepEqual(end, { status: 'signalled', signal: 'SIGSEGV' });
    });

    it('tells why a program could not be started', async () => {
      const codes = [];
      for (const command of [
        { file: '/nonexistent/program', args: [] },
        { file: __filename, args: [] },
        { file: 'node', args: [] },
        { file: process.execPath, args: ['a\0b'] },
        { file: process.execPath, args: [], cwd: '/nonexistent' },
      ]) {
        const { end } = await runner.run(command);
        assert.equal(end.status, 'notStarted');
        codes.push(end.code);
      }
      assert.deepEqual(codes, ['ENOENT', 'EACCES', 'NOT_ABSOLUTE', 'EINVAL', 'ENOENT']);
    });

    it('keeps no more output than allowed, and the program goes on', async () => {
      const { end, stdout } = await runner.run(
        script('process.stdout.write("é".repeat(1_000_000), () => process.exit(5))', { maxOutputBytes: 5 }),
      );
      assert.deepEqual(end, { status: 'exited', exitCode: 5 });
      assert.deepEqual(stdout, { text: 'éé', truncated: true });
    });
  });

  describe('a command', () => {
    it('reaches the program without a shell between', async () => {
      const hostile = ['$(id)', '; rm -rf x', '`id`', '*', '"\'', 'a b', '|cat', ''];
      const { stdout } = await runner.run({
        file: process.execPath,
        args: ['-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--', ...hostile],
      });
      assert.deepEqual(JSON.parse(stdout.text), hostile);
    });

    it('sees only the allowed part of the environment, and what is added', async () => {
      process.env['SENTINEL_TEST_TOKEN'] = 'secret';
      try {
        const { stdout } = await runner.run(
          script('process.stdout.write(JSON.stringify(process.env))', { env: { LANG: 'C' } }),
        );
        const seen = JSON.parse(stdout.text) as Record<string, string>;
        assert.equal(seen['SENTINEL_TEST_TOKEN'], undefined);
        assert.equal(seen['NODE_OPTIONS'], undefined);
        assert.equal(seen['LANG'], 'C');
        assert.equal(seen['PATH'], process.env['PATH']);
      } finally {
        delete process.env['SENTINEL_TEST_TOKEN'];
      }
    });

    it('can bring its input; closed input reads as empty', async () => {
      const echo = 'process.stdin.pipe(process.stdout)';
      const withInput = await runner.run(script(echo, { input: { data: 'hello' } }));
      assert.equal(withInput.stdout.text, 'hello');
      assert.equal((await runner.run(script(echo))).stdout.text, '');
    });

    it('survives a program that does not read its input', async () => {
      const { end } = await runner.run(
        script('process.exit(0)', { input: { data: Buffer.alloc(10_000_000) } }),
      );
      assert.deepEqual(end, { status: 'exited', exitCode: 0 });
    });
  });

  describe('a long-lived process', () => {
    it('is talked to by lines and ends with its input', async () => {
      const lines = new Lines();
      const child = runner.start({ ...nodeCommand(bundle.file('child.script')), onLine: lines.onLine });
      await lines.next('child');
      assert.equal(child.write('hello\n'), true);
      await lines.next('HELLO');
      child.endInput();
      assert.deepEqual((await child.result).end, { status: 'exited', exitCode: 0 });
      assert.equal(child.write('late\n'), false);
    });

    it('survives a listener that throws', async () => {
      const { end } = await runner.run(
        script('console.log("line")', {
          onLine: () => {
            throw new Error('listener');
          },
        }),
      );
      assert.deepEqual(end, { status: 'exited', exitCode: 0 });
      assert.equal(logger.of('error').length, 1);
    });

    it('stands still and goes on, with its children', async () => {
      const lines = new Lines();
      const code = `
        const { spawn } = require('node:child_process');
        spawn(process.execPath, ['-e', 'let n = 0; setInterval(() => console.log("tick " + n++), 1)'],
          { stdio: 'inherit' });
        setInterval(() => 0, 1e6);`;
      const running = runner.start(script(code, { onLine: lines.onLine }));
      await lines.next('tick 3');
      assert.equal(running.pause(), true);
      const states = () => groupStates(running.pid!);
      await until(() => states().every((state) => state === 'T'));
      assert.equal(states().length, 2);
      running.resume();
      await until(() => states().every((state) => state !== 'T'));
      const seen = lines.texts.length;
      await until(() => lines.texts.length > seen);
      running.pause();
      running.cancel();
      assert.deepEqual((await running.result).end, { status: 'cancelled' });
    });
  });

  describe('cancel', () => {
    it('ends a group that obeys by SIGTERM alone', async () => {
      const lines = new Lines();
      const running = runner.start({ ...family('a', 2), onLine: lines.onLine });
      await lines.next('a++');
      running.cancel();
      const { end } = await running.result;
      assert.deepEqual(end, { status: 'cancelled' });
      await until(() => !lines.pids.some(isAlive));
      assert.deepEqual(logger.of('warning'), []);
    });

    it('kills a group that ignores SIGTERM, with its grandchildren, after the grace period', async () => {
      const lines = new Lines();
      const running = runner.start({ ...family('a', 2, 'deaf'), onLine: lines.onLine, graceMs: 2_000 });
      await lines.next('a++');
      assert.equal(lines.pids.length, 3);
      running.cancel();
      await clock.advance(1_999);
      assert.deepEqual(lines.pids.map(isAlive), [true, true, true]);
      await clock.advance(1);
      assert.deepEqual((await running.result).end, { status: 'cancelled' });
      await until(() => !lines.pids.some(isAlive));
    });

    it('ends grandchildren that ignore SIGTERM when their parent obeyed it', async () => {
      const lines = new Lines();
      const code = `
        const { spawn } = require('node:child_process');
        spawn(process.execPath, [${JSON.stringify(bundle.file('family.script'))}, 'grandchild', '0', 'deaf'],
          { stdio: ['ignore', 'inherit', 'inherit'] });
        setInterval(() => 0, 1e6);`;
      const running = runner.start(script(code, { onLine: lines.onLine }));
      await lines.next('grandchild');
      running.cancel();
      await running.result;
      await until(() => !lines.pids.some(isAlive));
    });

    it('works by a signal, also one that is aborted before the start', async () => {
      const controller = new AbortController();
      const lines = new Lines();
      const running = runner.start({ ...family('a', 0), onLine: lines.onLine, signal: controller.signal });
      await lines.next('a');
      controller.abort();
      assert.deepEqual((await running.result).end, { status: 'cancelled' });
      const { end } = await runner.run({ ...family('b', 0), signal: AbortSignal.abort() });
      assert.deepEqual(end, { status: 'cancelled' });
    });

    it('by the time limit fires while the program runs and is silent', async () => {
      const lines = new Lines();
      const running = runner.start({ ...family('a', 0), onLine: lines.onLine, timeLimitMs: 60_000 });
      await lines.next('a');
      await clock.advance(59_999);
      assert.equal(running.hasEnded, false);
      await clock.advance(1);
      assert.deepEqual((await running.result).end, { status: 'timedOut', limitMs: 60_000 });
    });

    it('by kill does not ask', async () => {
      const lines = new Lines();
      const running = runner.start({ ...family('a', 1, 'deaf'), onLine: lines.onLine });
      await lines.next('a+');
      await running.kill();
      await until(() => !lines.pids.some(isAlive));
    });
  });

  describe('the end', () => {
    it('takes along what a program leaves behind, and is not kept waiting by it', async () => {
      const lines = new Lines();
      const code = `
        const { spawn } = require('node:child_process');
        const child = spawn(process.execPath, [${JSON.stringify(bundle.file('family.script'))}, 'left', '0', 'deaf'],
          { stdio: ['ignore', 'inherit', 'inherit'] });
        process.stdin.once('data', () => process.exit(7));`;
      const running = runner.start(script(code, { input: 'open', onLine: lines.onLine }));
      await lines.next('left');
      running.write('go\n');
      await until(() => !isAlive(running.pid!));
      await until(() => clock.pendingTimers > 0);
      await clock.advance(1_000);
      assert.deepEqual((await running.result).end, { status: 'exited', exitCode: 7 });
      await until(() => !lines.pids.some(isAlive));
    });

    it('takes along also what a program leaves behind without a pipe', async () => {
      const code = `
        const { spawn } = require('node:child_process');
        console.log('left ' + spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)'], { stdio: 'ignore' }).pid);
        process.exit(0);`;
      const { end, stdout } = await runner.run(script(code));
      assert.deepEqual(end, { status: 'exited', exitCode: 0 });
      const pid = Number(stdout.text.split(' ')[1]);
      assert.ok(pid > 1);
      await until(() => !isAlive(pid));
    });

    it('of the runner ends everything that runs', async () => {
      const lines = new Lines();
      const deaf = runner.start({ ...family('deaf', 1, 'deaf'), onLine: lines.onLine });
      const child = runner.start({ ...nodeCommand(bundle.file('child.script')), onLine: lines.onLine });
      await Promise.all([lines.next('deaf+'), lines.next('child')]);
      const stopped = runner.stop();
      await clock.advance(2_000);
      await stopped;
      assert.equal(deaf.hasEnded && child.hasEnded, true);
      await until(() => !lines.pids.some(isAlive));
      const late = runner.start(family('late', 0));
      assert.deepEqual((await late.result).end, { status: 'cancelled' });
      assert.equal(late.pid, undefined);
    });

    it('of the host by SIGKILL leaves no orphan, not even grandchildren that ignore SIGTERM', async () => {
      const lines = new Lines();
      const host = spawn(
        process.execPath,
        ['host.script', 'guardian.process', 'family.script', 'child.script'].map((name) => bundle.file(name)),
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const splitter = new LineSplitter(lines.onLine);
      host.stdout.on('data', (chunk: Buffer) => {
        splitter.push(chunk);
      });
      await Promise.all(['one++', 'two++', 'child'].map((name) => lines.next(name)));
      const guardians = processesWith(bundle.file('guardian.process')).filter((pid) => pid !== host.pid);
      assert.equal(guardians.length, 1);
      const everybody = [...lines.pids, ...guardians];
      assert.equal(everybody.length, 8);
      assert.ok(everybody.every(isAlive));
      const exited = new Promise((resolve) => host.once('exit', resolve));
      host.kill('SIGKILL');
      await exited;
      await until(() => !everybody.some(isAlive));
    });
  });

  describe('what not even SIGKILL ends', () => {
    const system = systemSignals();
    let isMighty: boolean;
    let sent: [number, NodeJS.Signals][];
    const signals: GroupSignals = {
      ...system,
      send: (pid, signal) => {
        sent.push([pid, signal]);
        // A process that waits for a broken disk: the kernel takes note of the signal, and that is all.
        return isMighty ? system.send(pid, signal) : true;
      },
    };

    beforeEach(() => {
      isMighty = false;
      sent = [];
      runner = new ProcessRunner({ clock, logger, guardianFile: bundle.file('guardian.process'), signals });
    });
    afterEach(() => {
      isMighty = true;
    });

    const startDeaf = async () => {
      const lines = new Lines();
      const running = runner.start({ ...family('a', 0, 'deaf'), onLine: lines.onLine });
      await lines.next('a');
      return running;
    };

    it('does not keep a cancelled one from settling, nor its guard from staying', async () => {
      const running = await startDeaf();
      let gone = false;
      void running.gone.then(() => {
        gone = true;
      });
      running.cancel();
      await clock.advance(2_999);
      assert.equal(running.hasEnded, false);
      await clock.advance(1);
      assert.deepEqual((await running.result).end, { status: 'cancelled' });
      assert.equal(logger.of('error').length, 1);
      assert.equal(runner.runningCount, 0);
      assert.equal(isAlive(running.pid!), true);
      assert.equal(gone, false);
      // The guardian would go after its idle time if there was nothing to guard.
      await clock.advance(60_000);
      const guardians = () => processesWith(bundle.file('guardian.process')).length;
      assert.equal(guardians(), 1);

      process.kill(running.pid!, 'SIGKILL');
      await running.gone;
      await clock.advance(10_000);
      await until(() => guardians() === 0);
    });

    it('does not keep a killed one from settling, nor the runner from stopping', async () => {
      const [killed, other] = await Promise.all([startDeaf(), startDeaf()]);
      const kill = killed.kill();
      await clock.advance(1_000);
      await kill;
      const stopped = runner.stop();
      await clock.advance(3_000);
      await stopped;
      assert.equal(other.hasEnded, true);
      // The guardian was told when it was let go, and ends what the host could not.
      await Promise.all([killed.gone, other.gone]);
    });

    it('is not signalled after its end where its id may be another’s by then', async () => {
      isMighty = true;
      const windows: GroupSignals = { ...signals, reachesOrphans: false };
      const local = new ProcessRunner({ clock, logger, guardianFile: '/none', signals: windows });
      const code = `
        const { spawn } = require('node:child_process');
        spawn(process.execPath, ['-e', 'setTimeout(() => 0, 300)'], { stdio: 'inherit' });
        process.exit(0);`;
      const running = local.start(script(code, { input: 'open', endsWithInput: true }));
      await until(() => clock.pendingTimers > 0);
      running.cancel();
      await running.kill();
      assert.deepEqual(sent, []);
      await local.stop();
    });
  });

  describe('the guardian', () => {
    it('is replaced when it dies, and told anew whom it guards', async () => {
      const lines = new Lines();
      const running = runner.start({ ...family('a', 0), onLine: lines.onLine });
      await lines.next('a');
      const guardians = () => processesWith(bundle.file('guardian.process'));
      await until(() => guardians().length === 1);
      process.kill(guardians()[0]!, 'SIGKILL');
      await until(() => logger.of('warning').length === 1);
      await clock.advance(0);
      await until(() => guardians().length === 1);
      assert.equal(isAlive(running.pid!), true);
    });

    it('goes when there is nothing to guard', async () => {
      await runner.run(script(''));
      const guardians = () => processesWith(bundle.file('guardian.process'));
      assert.equal(guardians().length, 1);
      await clock.advance(10_000);
      await until(() => guardians().length === 0);
      assert.equal((await runner.run(script(''))).end.status, 'exited');
      assert.equal(guardians().length, 1);
    });

    it('is killed when it does not go by itself', async () => {
      await runner.run(script(''));
      const [guardian] = processesWith(bundle.file('guardian.process'));
      process.kill(guardian!, 'SIGSTOP');
      const stopped = runner.stop();
      await clock.advance(999);
      assert.equal(isAlive(guardian!), true);
      await clock.advance(1);
      await stopped;
      await until(() => !isAlive(guardian!));
    });
  });
});
