import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Egress } from '../../../../../src/services/consent/egress';
import {
  type ConsentAnswer,
  VirusTotalConsent,
  type VirusTotalMode,
} from '../../../../../src/services/consent/virusTotalConsent';
import type { HttpClient } from '../../../../../src/services/http/httpClient';
import { NodeHttpClient } from '../../../../../src/services/http/nodeHttpClient';
import { Redactor } from '../../../../../src/services/logging/redactor';
import type { EngineAnswer, FileTarget } from '../../../../../src/services/scan/fileEngine';
import { ServiceState } from '../../../../../src/services/scan/virustotal/serviceState';
import { VirusTotalOnDemand } from '../../../../../src/services/scan/virustotal/virusTotalOnDemand';
import { KeyStore } from '../../../../../src/services/secrets/keyStore';
import { FakeClock, settle } from '../../../support/fakeClock';
import { RecordingLogger } from '../../../support/recordingLogger';
import { MemorySecrets } from '../../../secrets/support/memorySecrets';
import { VirusTotalServer } from './virusTotalServer';

export const testKey = 'a1'.repeat(32);

/** The engine with all that it stands on, against a server on loopback; time is the test's. */
export class VirusTotalHarness {
  readonly clock = new FakeClock();
  readonly server = new VirusTotalServer({ clock: this.clock, key: testKey });
  readonly logger = new RecordingLogger();
  readonly secrets = new MemorySecrets();
  readonly redactor = new Redactor();
  readonly keys = new KeyStore({ storage: this.secrets, redactor: this.redactor, logger: this.logger });
  readonly state = new ServiceState(this.clock);
  /** What the person was told, in order; a question has all that it was about. */
  readonly told: Egress[] = [];
  readonly questions: (readonly Egress[])[] = [];
  readonly steps: string[] = [];
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'sentinel-virustotal-'));
  mode: VirusTotalMode = 'hashOnly';
  leastMalicious = 3;
  answerTo: (about: readonly Egress[]) => ConsentAnswer | Promise<ConsentAnswer> = () => 'refuse';
  readonly consent = new VirusTotalConsent({
    mode: () => this.mode,
    question: async (about) => {
      this.questions.push(about);
      return this.answerTo(about);
    },
  });
  readonly virusTotal: VirusTotalOnDemand;
  private readonly windows: VirusTotalOnDemand[] = [];
  private inFlight = 0;

  constructor() {
    this.virusTotal = this.openWindow(this.state);
  }

  /** Another window of the same person, with the same key. */
  openWindow(state = new ServiceState(this.clock)): VirusTotalOnDemand {
    const { clock, logger, keys, consent } = this;
    const plain = new NodeHttpClient({ clock });
    const http: HttpClient = {
      send: async (request) => {
        this.inFlight += 1;
        try {
          return await plain.send(request);
        } finally {
          this.inFlight -= 1;
        }
      },
    };
    const window = new VirusTotalOnDemand({
      http,
      keys,
      consent,
      state,
      clock,
      logger,
      folder: path.join(this.folder, 'storage'),
      settings: () => ({
        leastMalicious: this.leastMalicious,
        requestsPerMinute: 4,
        baseUrl: this.server.baseUrl,
      }),
      egressText: (egress) => {
        this.told.push(egress);
        return `sending ${egress.content}`;
      },
    });
    this.windows.push(window);
    return window;
  }

  async start(): Promise<void> {
    await this.server.start();
    await this.keys.set('virustotal', testKey);
  }

  async stop(): Promise<void> {
    for (const window of this.windows) window.dispose();
    this.state.dispose();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A file with this content, as a scan knows it. */
  file(name: string, content: string | Buffer): FileTarget & { readonly sha256: string } {
    const file = path.join(this.folder, name);
    writeFileSync(file, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { path: file, sizeBytes: Buffer.byteLength(content), sha256 };
  }

  /** A file of zeros that takes no room. */
  sparseFile(name: string, sizeBytes: number): FileTarget & { readonly sha256: string } {
    const file = path.join(this.folder, name);
    writeFileSync(file, '');
    truncateSync(file, sizeBytes);
    const hash = createHash('sha256');
    const piece = Buffer.alloc(1_048_576);
    for (let left = sizeBytes; left > 0; left -= piece.length)
      hash.update(piece.subarray(0, Math.min(left, piece.length)));
    return { path: file, sizeBytes, sha256: hash.digest('hex') };
  }

  async ask(target: FileTarget, signal = new AbortController().signal): Promise<EngineAnswer> {
    return this.run(this.virusTotal.ask(target, { signal, tell: (step) => this.steps.push(step) }));
  }

  async askUrl(url: string): Promise<EngineAnswer> {
    const { signal } = new AbortController();
    return this.run(this.virusTotal.urlReport(url, { signal, tell: (step) => this.steps.push(step) }));
  }

  /** Moves time forward until it has settled, a second at a time, and never while a request is under way. */
  async run<T>(work: Promise<T>): Promise<T> {
    const end = { settled: false };
    const mark = (): void => {
      end.settled = true;
    };
    work.then(mark, mark);
    // What reads a file or a key is not seen here: it gets some turns of the loop.
    for (let idleTurns = 0; !end.settled;) {
      await settle();
      idleTurns = this.inFlight > 0 ? 0 : idleTurns + 1;
      if (idleTurns < 5) continue;
      idleTurns = 0;
      await this.clock.advance(1_000);
    }
    return work;
  }
}
