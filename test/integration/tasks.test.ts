import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { HashedFile } from '../../src/services/hashing/fileHashService';
import { activateSentinel, sentinelExtension } from './support/sentinel';

const mebibyte = 1024 * 1024;

describe('tasks in the extension host', () => {
  let folder: string;

  before(async () => {
    await activateSentinel();
    folder = mkdtempSync(path.join(tmpdir(), 'sentinel-tasks-'));
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeQuickOpen'));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const sparse = (name: string, sizeBytes: number): string => {
    const file = path.join(folder, name);
    writeFileSync(file, '');
    truncateSync(file, sizeBytes);
    return file;
  };
  const hash = (...files: readonly string[]): Thenable<readonly HashedFile[] | undefined> => {
    const uris = files.map((file) => vscode.Uri.file(file));
    return vscode.commands.executeCommand('sentinel.computeFileHashes', uris[0], uris);
  };

  it('compute the hashes of a file as node:crypto does', async () => {
    const file = path.join(sentinelExtension().extensionPath, 'package.json');
    const content = readFileSync(file);
    const of = (algorithm: string): string => createHash(algorithm).update(content).digest('hex');
    assert.deepEqual(await hash(file), [
      {
        path: file,
        result: {
          status: 'hashed',
          sizeBytes: content.length,
          hashes: { md5: of('md5'), sha1: of('sha1'), sha256: of('sha256') },
        },
      },
    ]);
  });

  it('answer for each of several files, also those that have no hashes', async () => {
    const files = [sparse('empty', 0), path.join(folder, 'gone'), folder];
    const results = await hash(...files);
    assert.deepEqual(
      results?.map(({ result }) => (result.status === 'hashed' ? 'hashed' : result.reason)),
      ['hashed', 'vanished', 'isDirectory'],
    );
  });

  it('take the file of the active editor where none is named', async () => {
    const file = path.join(folder, 'open.txt');
    writeFileSync(file, 'abc');
    await vscode.window.showTextDocument(vscode.Uri.file(file));
    const results = await vscode.commands.executeCommand<readonly HashedFile[]>('sentinel.computeFileHashes');
    assert.equal(results[0]?.path, file);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('leave the host free while a large file is hashed', async () => {
    const file = sparse('large', 400 * mebibyte);
    await delay(500);
    const resolutionMs = 1;
    const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
    histogram.enable();
    const startedMs = performance.now();
    const results = await hash(file);
    const tookMs = performance.now() - startedMs;
    histogram.disable();
    const delayMs = (percentile: number): number =>
      Math.max(0, histogram.percentile(percentile) / 1e6 - resolutionMs);
    console.log(
      `      400 MB in ${tookMs.toFixed(0)} ms; host delay p50 ${delayMs(50).toFixed(1)} ms, ` +
        `p99 ${delayMs(99).toFixed(1)} ms, most ${delayMs(100).toFixed(1)} ms`,
    );
    assert.equal(results?.[0]?.result.status, 'hashed');
    // The bench holds the tight limit on a quiet machine; a host that waits for the hashing is far beyond this one.
    assert.ok(delayMs(99) < 100, `p99 ${delayMs(99)} ms`);
    assert.ok(delayMs(100) < tookMs / 2, `most ${delayMs(100)} ms of ${tookMs} ms`);
  });

  it('are cancelled in the middle', async () => {
    const hashing = hash(sparse('huge', 512 * 1024 * mebibyte));
    await delay(700);
    const cancelledMs = performance.now();
    await vscode.commands.executeCommand('sentinel.cancelAllTasks');
    assert.equal(await hashing, undefined);
    const tookMs = performance.now() - cancelledMs;
    console.log(`      cancelled within ${tookMs.toFixed(0)} ms`);
    assert.ok(tookMs < 1_000, `${tookMs} ms`);
    assert.equal((await hash(sparse('next', 3)))?.[0]?.result.status, 'hashed', 'the thread lives on');
  });
});
