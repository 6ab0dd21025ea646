import type { EventsProblem } from '../../../shared/events/eventsReading';
import type { ProcessResult } from '../../process/processCommand';
import { eventLengthLimit } from '../eventCollector';
import {
  type EventCommand,
  type EventsProvider,
  type FindTool,
  type LoadRequest,
  programProblem,
} from '../eventsProvider';
import { eventsOfJson } from './eventJson';
import { EventXmlReader } from './eventXml';

/** The Security log needs an administrator, or a member of "Event Log Readers". */
const logs = ['System', 'Application', 'Security'] as const;
type LogName = (typeof logs)[number];

const maxLineLength = 1024 * 1024;

/** ERROR_ACCESS_DENIED. */
const accessDenied = 5;

/**
 * What PowerShell runs where there is no wevtutil. It is the same for everybody: what differs reaches it through the
 * environment, where it is data.
 */
export const powerShellScript = [
  '$ErrorActionPreference = "Stop"',
  '[Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)',
  'try { $events = Get-WinEvent -LogName $env:SENTINEL_LOG -MaxEvents ([int]$env:SENTINEL_MAX_EVENTS) }',
  'catch [System.UnauthorizedAccessException] { exit 5 }',
  'catch { if ($_.FullyQualifiedErrorId -like "NoMatchingEventsFound*") { exit 0 }; throw }',
  '$events | ForEach-Object { $_ | Select-Object TimeCreated, Id, Level, Keywords, ProviderName, LogName, Message,' +
    ' RecordId, MachineName, ProcessId, ThreadId, LevelDisplayName, TaskDisplayName | ConvertTo-Json -Compress }',
].join('; ');

/** The Event Log of Windows, by wevtutil or else by PowerShell. */
export class WindowsProvider implements EventsProvider {
  constructor(private readonly findTool: FindTool) {}

  async load(request: LoadRequest): Promise<readonly EventsProblem[]> {
    const { collector } = request;
    const wevtutil = await this.findTool('wevtutil');
    const powerShell = wevtutil === undefined ? await this.findTool('powershell') : undefined;
    if (wevtutil === undefined && powerShell === undefined) return [{ type: 'noTool', tool: 'wevtutil' }];
    // All at once: a log that is slow shall not take the time of the others.
    const found = await Promise.all(
      logs.map(async (log) => {
        const result =
          wevtutil === undefined
            ? await this.runPowerShell(powerShell ?? '', log, request)
            : await this.runWevtutil(wevtutil, log, request);
        return logProblem(result, log);
      }),
    );
    const problems = found.filter((problem) => problem !== undefined);
    if (collector.count > 0 || problems.length > 0 || collector.unreadable > 0) return problems;
    return [{ type: 'empty' }];
  }

  private async runWevtutil(file: string, log: LogName, request: LoadRequest): Promise<ProcessResult> {
    const { collector, run } = request;
    const reader = new EventXmlReader(eventLengthLimit(collector.maxCount), (event) => {
      if (event === undefined) collector.addUnreadable();
      else collector.add(event);
    });
    const result = await run(wevtutilCommand(file, log, collector.maxCount), reader.read);
    reader.end();
    return result;
  }

  private async runPowerShell(file: string, log: LogName, request: LoadRequest): Promise<ProcessResult> {
    const { collector, run } = request;
    return await run(powerShellCommand(file, log, collector.maxCount), (line) => {
      for (const event of eventsOfJson(line, eventLengthLimit(collector.maxCount))) {
        if (event === undefined) collector.addUnreadable();
        else collector.add(event);
      }
    });
  }
}

function wevtutilCommand(file: string, log: LogName, count: number): EventCommand {
  return {
    file,
    // In Unicode: the console's code page has no room for other languages.
    args: [
      'query-events',
      log,
      `/count:${count}`,
      '/reversedirection:true',
      '/format:RenderedXml',
      '/uni:true',
    ],
    maxLineLength,
    outputEncoding: 'detected',
  };
}

function powerShellCommand(file: string, log: LogName, count: number): EventCommand {
  return {
    file,
    args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', powerShellScript],
    env: { SENTINEL_LOG: log, SENTINEL_MAX_EVENTS: String(count) },
    maxLineLength,
    outputEncoding: 'detected',
  };
}

function logProblem(result: ProcessResult, log: LogName): EventsProblem | undefined {
  const { end } = result;
  if (end.status === 'exited' && end.exitCode === accessDenied) return { type: 'denied', log };
  const problem = programProblem(result);
  return problem?.type === 'failed' ? { ...problem, log } : problem;
}
