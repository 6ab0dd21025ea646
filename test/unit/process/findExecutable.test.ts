import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ExecutableFinder, findExecutable } from '../../../src/services/process/findExecutable';

describe('findExecutable', () => {
  let root: string;
  const at = (...parts: string[]) => path.join(root, ...parts);

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sentinel-path-'));
    for (const folder of ['a', 'b', 'workspace', 'workspace/bin']) mkdirSync(at(folder));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function program(...parts: string[]): string {
    const file = at(...parts);
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o755);
    return file;
  }

  it('takes the first in the order of PATH, then of the extra folders', async () => {
    const first = program('a', 'tool');
    const second = program('b', 'tool');
    const other = program('b', 'other');
    assert.equal(await findExecutable('tool', { pathEnv: `${at('a')}:${at('b')}` }), first);
    assert.equal(await findExecutable('tool', { pathEnv: `${at('b')}:${at('a')}` }), second);
    assert.equal(await findExecutable('other', { pathEnv: at('a'), extraFolders: [at('b')] }), other);
    assert.equal(await findExecutable('none', { pathEnv: at('a') }), undefined);
    assert.equal(await findExecutable('tool', { pathEnv: undefined }), undefined);
  });

  it('never looks in the current folder, however PATH names it', async () => {
    program('workspace', 'tool');
    const before = process.cwd();
    process.chdir(at('workspace'));
    try {
      for (const pathEnv of ['', ':', '.', './', '::', `${at('a')}:`, `:${at('a')}`, 'bin', '../workspace']) {
        assert.equal(await findExecutable('tool', { pathEnv }), undefined, JSON.stringify(pathEnv));
      }
    } finally {
      process.chdir(before);
    }
  });

  it('takes nothing from refused folders and what lies below them', async () => {
    program('workspace', 'tool');
    program('workspace', 'bin', 'tool');
    const pathEnv = `${at('workspace')}:${at('workspace', 'bin')}:${at('a')}`;
    const refusedFolders = [at('workspace')];
    assert.equal(await findExecutable('tool', { pathEnv, refusedFolders }), undefined);
    const fine = program('a', 'tool');
    assert.equal(await findExecutable('tool', { pathEnv, refusedFolders }), fine);
    mkdirSync(at('workspace..'));
    const beside = program('workspace..', 'beside');
    assert.equal(await findExecutable('beside', { pathEnv: at('workspace..'), refusedFolders }), beside);
  });

  it('takes names only, no paths and no options', async () => {
    program('a', 'tool');
    for (const name of ['../a/tool', at('a', 'tool'), './tool', '-tool', '', '.', '..', 'to ol', 'tool\0']) {
      assert.equal(await findExecutable(name, { pathEnv: at('a') }), undefined, JSON.stringify(name));
    }
  });

  it('takes files that can be run, also by a link, and nothing else', async () => {
    mkdirSync(at('a', 'tool'));
    writeFileSync(at('b', 'tool'), '');
    assert.equal(await findExecutable('tool', { pathEnv: `${at('a')}:${at('b')}` }), undefined);
    symlinkSync(program('a', 'real'), at('a', 'link'));
    symlinkSync(at('nowhere'), at('a', 'broken'));
    assert.equal(await findExecutable('link', { pathEnv: at('a') }), at('a', 'link'));
    assert.equal(await findExecutable('broken', { pathEnv: at('a') }), undefined);
  });

  it('is remembered once found; what was absent is looked for again', async () => {
    const finder = new ExecutableFinder(() => ({ pathEnv: at('a') }));
    assert.equal(await finder.find('tool'), undefined);
    const file = program('a', 'tool');
    assert.equal(await finder.find('tool'), file);
    rmSync(file);
    assert.equal(await finder.find('tool'), file);
    finder.forget('tool');
    assert.equal(await finder.find('tool'), undefined);
  });
});
