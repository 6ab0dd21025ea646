import assert from 'node:assert/strict';
import { programName } from '../../../../src/services/metrics/linux/programName';

function named(kernelName: string, ...args: string[]) {
  return programName(kernelName, args.map((arg) => `${arg}\0`).join(''));
}

describe('programName', () => {
  it('keeps the kernel’s name where that says enough', () => {
    assert.deepEqual(named('rust-analyzer', '/usr/bin/rust-analyzer'), { name: 'rust-analyzer' });
    assert.deepEqual(named('kworker/0:1'), { name: 'kworker/0:1' });
  });

  it('says which program a main thread of Node is, and what it runs', () => {
    assert.deepEqual(named('MainThread', '/usr/bin/node', '--max-old-space-size=99', '/x/tsserver.js'), {
      name: 'node',
      detail: 'tsserver',
    });
  });

  it('completes a name that the kernel cut', () => {
    assert.deepEqual(named('gnome-terminal-', '/usr/libexec/gnome-terminal-server'), {
      name: 'gnome-terminal-server',
    });
    assert.deepEqual(named('exactly15bytes_', '/usr/bin/other'), { name: 'exactly15bytes_' });
  });

  it('names the role of a process that has one', () => {
    assert.deepEqual(named('MainThread', '/x/node', '/x/fork.js', '--type=extensionHost'), {
      name: 'node',
      detail: 'extensionHost',
    });
    assert.deepEqual(named('chromium', '/x/chromium', '--type=renderer', '--token=s3cret'), {
      name: 'chromium',
      detail: 'renderer',
    });
  });

  it('names the role also where a program wrote its arguments as one text', () => {
    assert.deepEqual(programName('chromium', '/x/chromium --type=gpu-process --x=y'), {
      name: 'chromium',
      detail: 'gpu-process',
    });
  });

  it('names a module of Python', () => {
    assert.deepEqual(named('python3', 'python3', '-u', '-m', 'http.server'), {
      name: 'python3',
      detail: 'http.server',
    });
  });

  for (const args of [
    ['node', '-e', 'fetch("https://user:secret@host")'],
    ['bash', '-c', 'curl-with-a-token'],
    ['python3', 'a script with spaces.py'],
    ['node', '--type=a/b'],
    ['node'],
    ['psql', 'postgres://user:secret@host/db'],
  ]) {
    it(`shows nothing of ${args.join(' ')} but the program`, () => {
      assert.deepEqual(named(args[0] ?? '', ...args), { name: args[0] });
    });
  }

  it('copes with titles that programs write over their arguments', () => {
    assert.deepEqual(programName('nginx', 'nginx: worker process'), { name: 'nginx' });
    assert.deepEqual(programName('MainThread', ''), { name: 'MainThread' });
  });
});
