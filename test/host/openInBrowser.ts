import { execa } from 'execa';

/** Opens an address in the person's own browser. A machine without one is normal: the address has been printed. */
export async function openInBrowser(address: string): Promise<void> {
  const [command, args]: [string, string[]] =
    process.platform === 'darwin'
      ? ['open', [address]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', address]]
        : ['xdg-open', [address]];
  // Without a display xdg-open falls back to text browsers, which would take over this terminal.
  const { DISPLAY: x11, WAYLAND_DISPLAY: wayland } = process.env;
  if (command === 'xdg-open' && !x11 && !wayland) return;
  await execa(command, args, { reject: false, stdio: 'ignore', detached: true, timeout: 10_000 });
}
