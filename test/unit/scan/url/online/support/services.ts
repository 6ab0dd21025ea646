import assert from 'node:assert/strict';
import * as v from 'valibot';
import { NodeHttpClient } from '../../../../../../src/services/http/nodeHttpClient';
import { verdictOf } from '../../../../../../src/services/scan/verdict';
import type { OnlineUrlEngine } from '../../../../../../src/services/scan/url/online/onlineUrlEngine';
import type { UrlEngineAnswer } from '../../../../../../src/services/scan/url/urlEngine';
import type { ApiKeys, KeyedService } from '../../../../../../src/services/secrets/apiKeys';
import { Emitter } from '../../../../../../src/shared/event';
import { engineReportSchema, findingSchema } from '../../../../../../src/shared/scan/record';
import type { Verdict } from '../../../../../../src/shared/scan/verdict';
import { FakeClock } from '../../../../support/fakeClock';

export const key = 'a-key-that-is-secret';

/** Keys that a test sets. */
export class FakeKeys implements ApiKeys {
  private readonly changes = new Emitter<KeyedService>();
  readonly onChanged = this.changes.event;
  value: string | undefined = key;

  get(): Promise<string | undefined> {
    return Promise.resolve(this.value);
  }
}

/** What engines of services are made with, asked through real sockets. */
export function serviceParts(): {
  readonly clock: FakeClock;
  readonly keys: FakeKeys;
  readonly http: NodeHttpClient;
  readonly isEnabled: () => boolean;
} {
  const clock = new FakeClock(Date.now());
  return { clock, keys: new FakeKeys(), http: new NodeHttpClient({ clock }), isEnabled: () => true };
}

export interface AskOptions {
  readonly registrableDomain?: string;
  readonly signal?: AbortSignal;
}

/** Asks, and looks whether the answer is one that records can hold. The key never shows in it. */
export async function askEngine(
  engine: OnlineUrlEngine,
  url: string,
  { signal = new AbortController().signal, ...more }: AskOptions = {},
): Promise<UrlEngineAnswer & { readonly verdict: Verdict }> {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const answer = await engine.ask({ url, host, ...more }, { signal, tell: () => undefined });
  assert.ok(v.is(engineReportSchema, answer.report));
  assert.equal(answer.report.id, engine.id);
  for (const finding of answer.findings) {
    assert.ok(v.is(findingSchema, finding));
    assert.equal(finding.engine, engine.id);
  }
  assert.ok(!JSON.stringify(answer).includes(key), 'the key shows');
  return { ...answer, verdict: verdictOf({ engines: [answer.report], findings: answer.findings }) };
}

/** How an answer ended, in short. */
export function stateOf({ report: { state, reason } }: UrlEngineAnswer): string {
  return reason === undefined ? state : `${state}: ${reason}`;
}
