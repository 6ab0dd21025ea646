import assert from 'node:assert/strict';
import type { EventsProblem } from '../../../src/shared/events/eventsReading';
import type { ProcessEnd, ProcessResult } from '../../../src/services/process/processCommand';
import { createEventsProvider } from '../../../src/services/events/createProvider';
import { EventCollector } from '../../../src/services/events/eventCollector';
import type { EventCommand, EventsProvider } from '../../../src/services/events/eventsProvider';
import { powerShellScript } from '../../../src/services/events/windows/windowsProvider';
import { settle } from '../support/fakeClock';
import { sampleEvent } from './support/events';

interface Answer {
  readonly lines?: readonly string[];
  readonly stderr?: string;
  readonly end?: ProcessEnd;
}

/** Runs a provider against answers instead of programs. */
async function load(
  platform: NodeJS.Platform,
  answers: readonly Answer[],
  tools: Readonly<Record<string, string>> = {
    journalctl: '/bin/journalctl',
    wevtutil: 'C:\\wevtutil.exe',
    log: '/usr/bin/log',
  },
) {
  const provider = providerOf(platform, tools);
  const commands: EventCommand[] = [];
  const collector = new EventCollector(50);
  const problems: readonly EventsProblem[] = await provider.load({
    collector,
    run: (command, onLine) => {
      const {
        lines = [],
        stderr = '',
        end = { status: 'exited', exitCode: 0 },
      } = answers[commands.length] ?? {};
      commands.push(command);
      for (const text of lines) onLine({ text, truncated: false });
      const nothing = { text: '', truncated: false };
      const result: ProcessResult = {
        end,
        stdout: nothing,
        stderr: { ...nothing, text: stderr },
        durationMs: 1,
      };
      return Promise.resolve(result);
    },
  });
  return { problems, commands, events: collector.close() };
}

function providerOf(platform: NodeJS.Platform, tools: Readonly<Record<string, string>>): EventsProvider {
  const provider = createEventsProvider(
    platform,
    (name) => Promise.resolve(tools[name]),
    () => 7,
  );
  assert.ok(provider);
  return provider;
}

const entry = '{"__REALTIME_TIMESTAMP":"1","MESSAGE":"m"}';

describe('the journal’s provider', () => {
  it('asks for the newest entries, whole, the newest first', async () => {
    const { commands, problems } = await load('linux', [{ lines: [entry] }]);
    assert.deepEqual(commands[0]?.args, ['--no-pager', '--output=json', '--all', '--reverse', '--lines=50']);
    assert.deepEqual(problems, []);
  });

  it('says what is missing, and why', async () => {
    const hint =
      "Hint: You are currently not seeing messages from other users and the system.\n      Users in groups 'adm', 'systemd-journal' can see all messages.\n      Pass -q to turn off this notice.\n";
    const restricted = { type: 'restricted', groups: ['adm', 'systemd-journal'] };
    const failed: Answer = { end: { status: 'exited', exitCode: 1 }, stderr: 'Failed to open: broken\n' };
    const denied = 'No journal files were opened due to insufficient permissions.\n';
    assert.deepEqual((await load('linux', [{ lines: [entry], stderr: hint }])).problems, [restricted]);
    assert.deepEqual((await load('linux', [{ stderr: hint }])).problems, [restricted]);
    assert.deepEqual((await load('linux', [{}])).problems, [{ type: 'empty' }]);
    assert.deepEqual((await load('linux', [failed])).problems, [
      { type: 'failed', message: 'Failed to open: broken' },
    ]);
    assert.deepEqual(
      (await load('linux', [{ stderr: denied, end: { status: 'exited', exitCode: 1 } }])).problems,
      [{ type: 'denied' }],
    );
    assert.deepEqual((await load('linux', [], {})).problems, [{ type: 'noTool', tool: 'journalctl' }]);
  });

  it('follows from a cursor that looks like one, and else from now', async () => {
    const provider = providerOf('linux', { journalctl: '/bin/journalctl' });
    const follow = async (id?: string): Promise<readonly string[]> => {
      const program = await provider.follow?.(sampleEvent(id === undefined ? {} : { id }), 50);
      assert.ok(program !== undefined && 'command' in program);
      return program.command.args.slice(3);
    };
    assert.deepEqual(await follow('s=1;i=2'), ['--follow', '--no-tail', '--after-cursor=s=1;i=2']);
    assert.deepEqual(await follow('$(x) --flush'), ['--follow', '--lines=0']);
    assert.deepEqual(await follow(), ['--follow', '--lines=0']);
  });
});

describe('the provider for Windows', () => {
  it('asks wevtutil for each log, and says which of them is closed to this user', async () => {
    const { commands, problems } = await load('win32', [{}, {}, { end: { status: 'exited', exitCode: 5 } }]);
    assert.deepEqual(
      commands.map(({ args }) => args),
      ['System', 'Application', 'Security'].map((log) => [
        'query-events',
        log,
        '/count:50',
        '/reversedirection:true',
        '/format:RenderedXml',
        '/uni:true',
      ]),
    );
    assert.deepEqual(problems, [{ type: 'denied', log: 'Security' }]);
  });

  it('waits with no log for another one', async () => {
    const collector = new EventCollector(50);
    const asked: (string | undefined)[] = [];
    const never = new Promise<ProcessResult>(() => undefined);
    void providerOf('win32', { wevtutil: 'C:\\wevtutil.exe' }).load({
      collector,
      run: ({ args }, onLine) => {
        asked.push(args[1]);
        const event = '<Event><System><TimeCreated SystemTime="2024-01-15T10:30:45Z"/></System></Event>';
        if (args[1] !== 'System') onLine({ text: event, truncated: false });
        return never;
      },
    });
    await settle();
    assert.deepEqual(asked, ['System', 'Application', 'Security']);
    assert.equal(collector.count, 2);
  });

  it('hands PowerShell one script, and what differs beside it', async () => {
    const { commands } = await load('win32', [], { powershell: 'C:\\powershell.exe' });
    assert.equal(commands.length, 3);
    for (const { args } of commands) {
      assert.deepEqual(args, ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', powerShellScript]);
    }
    assert.deepEqual(commands[2]?.env, { SENTINEL_LOG: 'Security', SENTINEL_MAX_EVENTS: '50' });
    assert.ok(!powerShellScript.includes('Security'));
  });
});

describe('the provider for macOS', () => {
  const line = (time: string, message = 'm'): string =>
    JSON.stringify({ timestamp: `2024-01-15 10:${time}.000000+0000`, eventMessage: message });

  it('goes further back only while there is not enough', async () => {
    const older = Array.from({ length: 60 }, () => line('20:00'));
    const { commands, events } = await load('darwin', [
      { lines: [line('30:45')] },
      { lines: [...older, line('30:45')] },
    ]);
    assert.deepEqual(
      commands.map(({ args }) => args),
      [
        ['show', '--style', 'ndjson', '--last', '2m'],
        ['show', '--style', 'ndjson', '--last', '30m'],
      ],
    );
    assert.equal(events.length, 50);
    const follow = await providerOf('darwin', { log: '/usr/bin/log' }).follow?.(undefined, 50);
    assert.deepEqual(follow !== undefined && 'command' in follow && follow.command.args, [
      'stream',
      '--style',
      'ndjson',
    ]);
  });

  it('keeps the newest, each once, where there is no time for what is further back', async () => {
    const { events, problems } = await load('darwin', [
      { lines: [line('30:44', 'new'), line('30:45', 'newest'), '{'] },
      {
        lines: [line('01:00', 'old'), line('30:44', 'new'), '{'],
        end: { status: 'timedOut', limitMs: 10_000 },
      },
    ]);
    assert.deepEqual(
      events.map(({ message }) => message),
      ['newest', 'new', 'old'],
    );
    assert.deepEqual(problems, [{ type: 'timedOut', limitMs: 10_000 }]);
  });
});

it('there is no provider for systems whose log is unknown', () => {
  assert.equal(
    createEventsProvider(
      'freebsd',
      () => Promise.resolve(undefined),
      () => 7,
    ),
    undefined,
  );
});
