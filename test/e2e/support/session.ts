import type { Browser } from 'playwright-core';
import type { HostServer } from '../../host/server';

/** What all end-to-end tests of one run share: a server with the packaged extension, and a browser. */
export interface EndToEndSession {
  readonly server: HostServer;
  readonly browser: Browser;
  /** Workspace folder that the workbench opens; tests may write into it. */
  readonly workspace: string;
  /** Stands first in the server's PATH: programs that tests put here are found before the machine's own. */
  readonly tools: string;
  /** Where screenshots go. */
  readonly screenshots: string;
}

/** Registered globally, because each test bundle carries its own copy of this module. */
const sessionKey = Symbol.for('sentinel.endToEndSession');

interface SessionHolder {
  [sessionKey]?: EndToEndSession;
}

export function provideSession(session: EndToEndSession): void {
  (globalThis as SessionHolder)[sessionKey] = session;
}

export function currentSession(): EndToEndSession {
  const session = (globalThis as SessionHolder)[sessionKey];
  if (!session)
    throw new Error('End-to-end tests run through `npm run test:e2e`, which starts VS Code for them.');
  return session;
}
