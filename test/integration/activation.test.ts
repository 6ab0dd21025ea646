import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activateSentinel, sentinelExtension } from './support/sentinel';

describe('activation', () => {
  it('gives other extensions a versioned API', async () => {
    const api = await activateSentinel();
    assert.equal(api.apiVersion, 1);
  });

  it('completes its startup without a failed task', async () => {
    const { startup } = await activateSentinel();
    const summary = await startup.completed;
    assert.deepEqual({ failed: summary.failed, ran: summary.total > 0 }, { failed: 0, ran: true });
  });

  it('registers every command that the manifest promises', async () => {
    const { startup } = await activateSentinel();
    await startup.completed;
    const registered = new Set(await vscode.commands.getCommands(true));
    const promised = commandsOf(sentinelExtension().packageJSON);
    assert.ok(promised.length > 0);
    assert.deepEqual(
      promised.filter((command) => !registered.has(command)),
      [],
    );
  });
});

function commandsOf(manifest: unknown): string[] {
  const { contributes } = manifest as { contributes: { commands: { command: string }[] } };
  return contributes.commands.map(({ command }) => command);
}
