import assert from 'node:assert/strict';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { activateSentinel, nextEvent } from './support/sentinel';

describe('live metrics in the extension host', () => {
  it('describe this machine', async () => {
    const { metrics } = await activateSentinel();
    const snapshot = await nextEvent(metrics.onDidChange, ({ cpu }) => cpu.percent !== undefined);
    assert.equal(snapshot.cpu.count, os.cpus().length);
    const totalMB = os.totalmem() / 1024 / 1024;
    assert.ok(
      Math.abs((snapshot.memory.totalMB ?? 0) - totalMB) < 1,
      `${snapshot.memory.totalMB ?? 'none'} MB`,
    );
    assert.ok((snapshot.sentinel.rssMB ?? 0) > 0);
  });

  it('stop while paused, and go on when resumed', async () => {
    const { metrics } = await activateSentinel();
    await nextEvent(metrics.onDidChange);
    await vscode.commands.executeCommand('sentinel.pauseMetrics');
    assert.equal(metrics.paused, true);
    // A snapshot that was on its way may still arrive.
    await delay(500);
    const pausedAt = metrics.current?.timestamp;
    const subscription = metrics.onDidChange(() => undefined);
    await delay(6_000);
    subscription.dispose();
    assert.equal(metrics.current?.timestamp, pausedAt);

    const resumed = nextEvent(metrics.onDidChange);
    await vscode.commands.executeCommand('sentinel.resumeMetrics');
    assert.notEqual((await resumed).timestamp, pausedAt);
    assert.equal(metrics.paused, false);
  });
});
