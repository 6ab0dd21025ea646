/** Where a system's own programs are, besides PATH. */
export function systemToolFolders(
  platform: NodeJS.Platform,
  env: Readonly<NodeJS.ProcessEnv>,
): readonly string[] {
  if (platform !== 'win32') return ['/usr/bin', '/bin'];
  const system = `${env['SystemRoot'] ?? String.raw`C:\Windows`}\\System32`;
  return [system, `${system}\\WindowsPowerShell\\v1.0`];
}
