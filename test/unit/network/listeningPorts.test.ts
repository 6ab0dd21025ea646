import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { linuxPorts } from '../../../src/services/network/listening/linuxPorts';
import { ListeningPorts } from '../../../src/services/network/listening/listeningPorts';
import { parseProcNet } from '../../../src/services/network/listening/procNet';
import { parseLsof, parseNetstat, parseTasklist } from '../../../src/services/network/listening/systemTools';
import type { ProcessCommand, ProcessResult } from '../../../src/services/process/processCommand';
import { skip } from '../../support/skip';
import { FakeClock } from '../support/fakeClock';
import { Listeners } from './support/service';

const tcpHead =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

describe('listening ports of Linux', () => {
  it('are those that wait for others, with their address in the kernel’s byte order', () => {
    const tcp = `${tcpHead}   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0
   1: 0100007F:1F90 0100007F:DA54 01 00000000:00000000 03:00000B5D 00000000     0        0 4712 3 0
   2: garbage
`;
    assert.deepEqual(parseProcNet(tcp, 'tcp'), [
      { protocol: 'tcp', family: 'ipv4', address: '127.0.0.1', port: 8_080, uid: 1_000, inode: '4711' },
    ]);
    const udp6 = `head\n  12: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9 2 0 0\n`;
    assert.deepEqual(parseProcNet(udp6, 'udp6'), [
      { protocol: 'udp', family: 'ipv6', address: '::1', port: 53, uid: 0, inode: '9' },
    ]);
    const all = `x\n 0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 7 1\n`;
    assert.equal(parseProcNet(all, 'tcp6')[0]?.address, '::');
  });

  it('have the process that has them open', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sentinel-proc-'));
    try {
      mkdirSync(path.join(folder, 'net'));
      mkdirSync(path.join(folder, '42', 'fd'), { recursive: true });
      writeFileSync(
        path.join(folder, 'net', 'tcp'),
        `${tcpHead}   0: 00000000:0016 00000000:0000 0A 0:0 0:0 0 0 0 77 1\n   1: 00000000:0050 00000000:0000 0A 0:0 0:0 0 4294967 0 78 1\n`,
      );
      writeFileSync(path.join(folder, '42', 'comm'), 'sshd\n');
      writeFileSync(path.join(folder, '42', 'cmdline'), '/usr/sbin/sshd\0-D\0');
      const names: readonly [pid: number, comm: string, command: string, name: string][] = [
        [50, 'MainThread', '/usr/bin/node\0server.js\0', 'node'],
        [51, 'a-very-long-nam', '/opt/a-very-long-name-indeed\0', 'a-very-long-name-indeed'],
        [52, 'gunicorn', '/usr/bin/python3\0/usr/bin/gunicorn\0', 'gunicorn'],
        [53, 'nginx', 'nginx: master process /usr/sbin/nginx\0', 'nginx'],
        [54, 'kworker', '', 'kworker'],
      ];
      const rows = names.map(
        ([pid], index) =>
          ` ${index}: 00000000:${pid.toString(16).padStart(4, '0')} 0:0 0A 0:0 0:0 0 0 0 ${pid} 1`,
      );
      writeFileSync(path.join(folder, 'net', 'tcp6'), '');
      for (const [pid, comm, command] of names) {
        mkdirSync(path.join(folder, String(pid), 'fd'), { recursive: true });
        writeFileSync(path.join(folder, String(pid), 'comm'), `${comm}\n`);
        writeFileSync(path.join(folder, String(pid), 'cmdline'), command);
        symlinkSync(`socket:[${pid}]`, path.join(folder, String(pid), 'fd', '3'));
      }
      writeFileSync(
        path.join(folder, 'net', 'udp'),
        `${tcpHead}${rows.join('\n').replaceAll(' 0A ', ' 07 ')}\n`,
      );
      symlinkSync('socket:[77]', path.join(folder, '42', 'fd', '3'));
      symlinkSync('/dev/null', path.join(folder, '42', 'fd', '0'));
      const { ports, problems } = await linuxPorts(folder);
      const named = ports.filter(({ protocol }) => protocol === 'udp');
      assert.deepEqual(
        named.map((port) => port.process?.name),
        names.map(([, , , name]) => name),
      );
      assert.deepEqual(
        ports.filter(({ protocol }) => protocol === 'tcp'),
        [
          {
            protocol: 'tcp',
            family: 'ipv4',
            address: '0.0.0.0',
            port: 22,
            process: { pid: 42, name: 'sshd', command: '/usr/sbin/sshd -D' },
            user: 'root',
          },
          { protocol: 'tcp', family: 'ipv4', address: '0.0.0.0', port: 80, user: '4294967' },
        ],
      );
      assert.deepEqual(problems, [{ type: 'hiddenProcesses', count: 1 }]);
      assert.equal((await linuxPorts(path.join(folder, 'nowhere'))).problems[0]?.type, 'failed');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('of this machine are found, with this process as their owner', async function () {
    if (process.platform !== 'linux') skip(this, 'This system has no /proc.');
    const listeners = new Listeners();
    const socket = createSocket('udp4');
    try {
      const port = await listeners.open('127.0.0.91');
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.92', resolve));
      const { ports } = await linuxPorts();
      const mine = ports.filter(({ address }) => address === '127.0.0.91' || address === '127.0.0.92');
      assert.deepEqual(
        mine.map(({ protocol, port: number, process: owner }) => [protocol, number, owner?.pid]),
        [
          ['tcp', port, process.pid],
          ['udp', socket.address().port, process.pid],
        ],
      );
    } finally {
      socket.close();
      await listeners.close();
    }
  });
});

describe('listening ports of other systems', () => {
  const lsof = `p501
crapportd
Lann
f8
tIPv4
PTCP
n*:49152
f9
tIPv6
PTCP
n[::1]:5432
f10
tIPv4
PUDP
n127.0.0.1:50000->127.0.0.1:53
p7
cevil\u202ename
f3
PUDP
tIPv4
n*:*
n*:70000
`;
  const netstat = `
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    0.0.0.0:135            0.0.0.0:0              ABH\u00d6REN         1044
  TCP    127.0.0.1:49668        127.0.0.1:49669        HERGESTELLT     4
  TCP    [::]:445               [::]:0                 ABH\u00d6REN         4
  UDP    [fe80::1%7]:1900       *:*                                    900
`;
  const tasklist = '"System","4","Services","0","144 K"\r\n"svchost.exe","1044","Services","0","9,876 K"\r\n';

  function portsOn(
    platform: NodeJS.Platform,
    answers: Readonly<Record<string, Partial<ProcessResult>>>,
    seesAll = true,
  ) {
    const commands: ProcessCommand[] = [];
    const listening = new ListeningPorts({
      platform,
      seesAll,
      clock: new FakeClock(),
      findTool: (name) => Promise.resolve(name in answers ? `/bin/${name}` : undefined),
      runner: {
        run: (command) => {
          commands.push(command);
          const nothing = { text: '', truncated: false };
          const end = { status: 'exited', exitCode: 0 } as const;
          const answer = answers[path.basename(command.file)];
          return Promise.resolve({ end, stdout: nothing, stderr: nothing, durationMs: 1, ...answer });
        },
      },
    });
    return { commands, reading: listening.read() };
  }

  const says = (text: string) => ({ stdout: { text, truncated: false } });

  it('come from lsof on macOS', async () => {
    const { commands, reading } = portsOn('darwin', { lsof: says(lsof) });
    assert.deepEqual(
      (await reading).ports.map(({ port, address, process: owner, user }) => [port, address, owner, user]),
      [
        [5_432, '::1', { pid: 501, name: 'rapportd' }, 'ann'],
        [49_152, '0.0.0.0', { pid: 501, name: 'rapportd' }, 'ann'],
      ],
    );
    assert.deepEqual(commands[0]?.args, ['-nP', '-iTCP', '-sTCP:LISTEN', '-iUDP', '-FpcLtPn']);
    assert.equal(parseLsof(lsof).length, 2);
  });

  it('come from netstat and tasklist on Windows, in whatever language', async () => {
    const { reading } = portsOn('win32', { netstat: says(netstat), tasklist: says(tasklist) });
    assert.deepEqual(
      (await reading).ports.map(({ protocol, port, process: owner }) => [protocol, port, owner?.name]),
      [
        ['tcp', 135, 'svchost.exe'],
        ['tcp', 445, 'System'],
        ['udp', 1_900, undefined],
      ],
    );
    assert.equal(parseNetstat(netstat, parseTasklist(tasklist)).length, 3);
    const nameless = await portsOn('win32', { netstat: says(netstat) }).reading;
    assert.equal(nameless.ports.length, 3);
  });

  it('that are not told are no silence', async () => {
    const others = await portsOn('darwin', { lsof: says(lsof) }, false).reading;
    assert.equal(others.ports.length, 2);
    assert.deepEqual(others.problems, [{ type: 'hiddenPorts' }]);
    const cut = { stdout: { text: netstat, truncated: true } };
    const { ports, problems } = await portsOn('win32', { netstat: cut }, false).reading;
    assert.equal(ports.length, 3);
    assert.deepEqual(problems, [{ type: 'cut', tool: 'netstat' }]);
  });

  it('are missing with a reason', async () => {
    const problem = async (...args: Parameters<typeof portsOn>) =>
      (await portsOn(...args).reading).problems[0];
    assert.deepEqual(await problem('darwin', {}), { type: 'noTool', tool: 'lsof' });
    assert.deepEqual(await problem('aix', {}), { type: 'unsupportedSystem', platform: 'aix' });
    const broken = {
      end: { status: 'exited', exitCode: 1 },
      stderr: { text: 'broken\nmore', truncated: false },
    };
    assert.deepEqual(await problem('win32', { netstat: broken as Partial<ProcessResult> }), {
      type: 'failed',
      message: 'broken',
    });
    const empty = portsOn('darwin', { lsof: { end: { status: 'exited', exitCode: 1 } } });
    assert.deepEqual((await empty.reading).problems, []);
  });
});
