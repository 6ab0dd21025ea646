import type { EventsProvider, FindTool } from './eventsProvider';
import { JournaldProvider } from './journald/journaldProvider';
import { MacosProvider } from './macos/macosProvider';
import { WindowsProvider } from './windows/windowsProvider';

/** What reads the log of a system; undefined where Sentinel knows none. */
export function createEventsProvider(
  platform: NodeJS.Platform,
  findTool: FindTool,
  now: () => number,
): EventsProvider | undefined {
  if (platform === 'linux') return new JournaldProvider(findTool, now);
  if (platform === 'win32') return new WindowsProvider(findTool);
  if (platform === 'darwin') return new MacosProvider(findTool);
  return undefined;
}
