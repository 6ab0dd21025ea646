import assert from 'node:assert/strict';
import { explainEvent } from '../../../src/services/events/known/explainEvent';
import type { SystemEvent } from '../../../src/shared/events/systemEvent';
import { english } from '../support/translate';
import { sampleEvent } from './support/events';

function lineOf(more: Partial<SystemEvent>): string | undefined {
  const explained = explainEvent(sampleEvent(more));
  return explained && english(explained.text, ...explained.values);
}
const security = 'Microsoft-Windows-Security-Auditing';

describe('a plain line for well-known events', () => {
  const samples: readonly (readonly [Partial<SystemEvent>, string])[] = [
    [
      { source: 'sshd', message: 'Failed password for invalid user admin from 192.0.2.7 port 4 ssh2' },
      'Failed sign-in of admin from 192.0.2.7',
    ],
    [
      { source: 'sshd-session', message: 'Accepted publickey for root from ::1 port 4 ssh2' },
      'Sign-in of root from ::1',
    ],
    [
      {
        source: 'su',
        message:
          'pam_unix(su:auth): authentication failure; logname=a uid=1 tty=pts/0 ruser=a rhost=  user=root',
      },
      'Failed sign-in of root',
    ],
    [
      {
        source: 'sudo',
        message: '    eve : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls',
      },
      'eve was not allowed to use sudo',
    ],
    [
      {
        source: 'sudo',
        message: '    ann : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/usr/bin/apt update',
      },
      'ann used sudo: /usr/bin/apt update',
    ],
    [
      { source: 'useradd', message: 'new user: name=eve, UID=1001, GID=1001, home=/home/eve' },
      'New user account: eve',
    ],
    [
      { source: 'kernel', message: 'Out of memory: Killed process 4711 (node) total-vm:1kB' },
      'Out of memory: node was ended',
    ],
    [
      { source: 'kernel', message: 'Memory cgroup out of memory: Killed process 1 (a b) x' },
      'Out of memory: a b was ended',
    ],
    [{ source: 'kernel', message: 'I/O error, dev sda, sector 2048 op 0x0:(READ)' }, 'Disk error on sda'],
    [
      {
        source: 'kernel',
        message: 'EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: reading directory lblock 0',
      },
      'The file system of sda1 is damaged',
    ],
    [{ source: 'kernel', message: 'node[4711]: segfault at 0 ip 0 sp 0 error 4' }, 'Program crashed: node'],
    [
      {
        source: 'systemd',
        details: [
          ['MESSAGE_ID', 'd9b373ed55a64feb8242e02dbe79a49c'],
          ['UNIT', 'web.service'],
        ],
      },
      'Service failed: web.service',
    ],
    [
      {
        source: 'systemd-coredump',
        details: [
          ['MESSAGE_ID', 'fc2e22bc6ee647b6b90729ab34a250b1'],
          ['COREDUMP_COMM', 'app'],
        ],
      },
      'Program crashed: app',
    ],
    [
      {
        source: 'systemd-journald',
        message: 'Suppressed 1402 messages from web.service',
        details: [
          ['MESSAGE_ID', 'a596d6fe7bfa4994828e72309e95d61e'],
          ['N_DROPPED', '1402'],
        ],
      },
      'Messages of web.service were left out: too many',
    ],
    [{ source: security, eventId: 4624, details: [['TargetUserName', 'ann']] }, 'Sign-in of ann'],
    [{ source: security, eventId: 4625, details: [['TargetUserName', 'eve']] }, 'Failed sign-in of eve'],
    [
      { source: security, eventId: 4672, details: [['SubjectUserName', 'ann']] },
      'Sign-in with administrator rights: ann',
    ],
    [
      { source: security, eventId: 4688, details: [['NewProcessName', 'C:\\a.exe']] },
      'Program started: C:\\a.exe',
    ],
    [
      { source: 'Service Control Manager', eventId: 7045, details: [['ServiceName', 'svc']] },
      'New service installed: svc',
    ],
    [{ source: 'Microsoft-Windows-Eventlog', eventId: 1102 }, 'The Security log was cleared'],
    [{ source: 'disk', eventId: 7 }, 'Disk error: a bad block'],
  ];
  for (const [event, line] of samples) {
    it(line, () => {
      assert.equal(lineOf(event), line);
    });
  }

  it('is said of what the journal itself says is the kernel’s or root’s, and not of who calls itself by their names', () => {
    const kernel = { source: 'kernel', message: 'Out of memory: Killed process 1 (sshd) total-vm:1kB' };
    const sshd = { source: 'sshd', message: 'Accepted password for root from 192.0.2.7 port 4 ssh2' };
    const by = (event: Partial<SystemEvent>, name: string, value: string) =>
      lineOf({ ...event, details: [[name, value]] });
    assert.equal(by(kernel, '_TRANSPORT', 'kernel'), 'Out of memory: sshd was ended');
    assert.equal(by(kernel, '_TRANSPORT', 'syslog'), undefined);
    assert.equal(by(sshd, '_UID', '0'), 'Sign-in of root from 192.0.2.7');
    assert.equal(by(sshd, '_UID', '1000'), undefined);
  });

  it('is said of no other: neither another source, nor a mention in the middle, nor another provider’s number', () => {
    assert.equal(lineOf({ source: 'app', message: 'Failed password for a from b' }), undefined);
    assert.equal(lineOf({ source: 'sshd', message: 'x Failed password for a from b' }), undefined);
    assert.equal(lineOf({ source: 'app', eventId: 4625, details: [['TargetUserName', 'eve']] }), undefined);
    assert.equal(lineOf({ source: security, eventId: 4625 }), undefined);
    assert.equal(lineOf({ source: '__proto__', eventId: 1 }), undefined);
    assert.equal(lineOf({ details: [['MESSAGE_ID', 'constructor']] }), undefined);
  });
});
