import type { MachineInfo } from '../metrics/snapshot';

/** Remotes that have a name people know them by; others are shown as VS Code names them. */
const remoteNames: Readonly<Record<string, string>> = {
  'ssh-remote': 'SSH',
  wsl: 'WSL',
  'dev-container': 'container',
  'attached-container': 'container',
  codespaces: 'Codespace',
  tunnel: 'tunnel',
};

/** `node-7`, `node-7 (SSH)`, `node-7 (SSH, docker)`: whose figures these are. */
export function describeMachine(machine: MachineInfo | undefined, remoteName: string | undefined): string {
  const places: string[] = [];
  if (remoteName !== undefined)
    places.push(remoteNames[remoteName] ?? (isAddress(remoteName) ? 'remote' : remoteName));
  const runtime = machine?.container?.runtime;
  // In a container that VS Code itself started, "container" would stand there twice.
  if (runtime !== undefined && !places.includes('container')) places.push(runtime);
  const where = places.length > 0 ? `(${places.join(', ')})` : '';
  return [machine?.hostname ?? '', where].filter(Boolean).join(' ');
}

/** Servers that show VS Code in a browser name the remote by its address, which the person already knows. */
function isAddress(remoteName: string): boolean {
  return /[:/]/.test(remoteName);
}
