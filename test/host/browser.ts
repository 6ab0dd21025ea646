import { chromium, type Browser } from 'playwright-core';
import { bundledBrowser } from './bundledBrowser';
import type { ExitScope } from './exitScope';
import { findInstalledBrowser } from './findBrowser';
import { ToolError } from './toolError';

export interface RunningBrowser {
  readonly browser: Browser;
  /** Which program and version, for the person who reads the output. */
  readonly description: string;
  close(): Promise<void>;
}

interface Candidate {
  readonly executablePath: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** What keeps Chromium from talking to anyone but this machine; the last line makes it impossible. */
const quietArguments = [
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-client-side-phishing-detection',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-quic',
  '--disable-sync',
  '--metrics-recording-only',
  '--no-default-browser-check',
  '--no-first-run',
  '--no-pings',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

const advice =
  'Install Google Chrome, Chromium or Microsoft Edge, or name one with SENTINEL_BROWSER=/path/to/browser.';

/**
 * Starts a headless browser: the one that SENTINEL_BROWSER names (a path, or `bundled`), else an installed one, else
 * the one from the npm registry.
 */
export async function launchBrowser(scope: ExitScope): Promise<RunningBrowser> {
  const wanted = process.env['SENTINEL_BROWSER'];
  const failures: string[] = [];
  for (const find of candidates(wanted)) {
    try {
      const candidate = await find();
      if (candidate) return await launch(scope, candidate);
    } catch (error) {
      failures.push(error instanceof Error ? (error.message.split('\nCall log')[0] ?? '') : String(error));
    }
  }
  const tried = failures.length > 0 ? `The browser did not start.` : 'No browser was found.';
  throw new ToolError([`${tried} ${advice}`, ...failures].join('\n'));
}

function candidates(wanted: string | undefined): (() => Promise<Candidate | undefined>)[] {
  if (wanted === 'bundled') return [bundledBrowser];
  if (wanted) return [() => Promise.resolve({ executablePath: wanted })];
  const installed = findInstalledBrowser();
  return installed
    ? [() => Promise.resolve({ executablePath: installed }), bundledBrowser]
    : [bundledBrowser];
}

async function launch(scope: ExitScope, candidate: Candidate): Promise<RunningBrowser> {
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: candidate.executablePath,
    headless: true,
    args: quietArguments,
    // Chromium's sandbox refuses to work for root, and containers often have nobody else.
    chromiumSandbox: !isRoot && candidate.env === undefined,
    // The scope ends everything in order; the driver must not race with it.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ...(candidate.env && { env: defined(candidate.env) }),
  });
  const close = scope.own({
    end: () => browser.close(),
    // The driver kills its browser when this process exits.
    endNow: () => undefined,
  });
  return { browser, description: `${candidate.executablePath} (${browser.version()})`, close };
}

function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
