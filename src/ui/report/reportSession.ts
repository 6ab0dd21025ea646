import { isDeepStrictEqual } from 'node:util';
import type { Disposable } from '../../shared/disposable';
import type { Logger } from '../../shared/logger';
import { reportMarkdown } from '../../shared/presentation/reportMarkdown';
import { webAddress } from '../../shared/presentation/webAddress';
import type { PageMessage } from '../../shared/protocol/page';
import {
  type CopiedThing,
  type HostToReport,
  type MissingReason,
  parseReportMessage,
  type ReportActionName,
  type ReportToHost,
} from '../../shared/protocol/report';
import type { Finding, ScanRecord } from '../../shared/scan/record';
import { PageSession, type PageSurface } from '../panel/pageSession';
import { type MatchPlace, offeredActions, type RecordRequests, type ReportActions } from './reportActions';

/** What a report shows: a record, or why there is none. */
export type ReportContent = ScanRecord | MissingReason;

type ReportRequest = Exclude<ReportToHost, PageMessage>;

export interface ReportSessionHost {
  readonly actions: ReportActions;
  /** Read each time, as what is offered may change. */
  readonly requests: () => RecordRequests;
  readonly logger: Logger;
  /** Told that something that was asked for did not work out. */
  readonly onFailed: (error: unknown) => void;
}

/** The conversation with one open report. What its page asks for is looked up in the record, and nowhere else. */
export class ReportSession implements Disposable {
  private readonly page: PageSession<HostToReport, ReportRequest>;
  private revision = 0;

  /** @param content the record; undefined while it is being looked for */
  constructor(
    surface: PageSurface<HostToReport>,
    private content: ReportContent | undefined,
    private readonly host: ReportSessionHost,
  ) {
    this.page = new PageSession(
      surface,
      {
        name: 'report',
        parse: parseReportMessage,
        hydration: () => this.hydration(),
        obey: (message) => {
          this.obey(message).catch(host.onFailed);
        },
      },
      host.logger,
    );
  }

  get record(): ScanRecord | undefined {
    return typeof this.content === 'object' ? this.content : undefined;
  }

  /** Shows the record as it is now. */
  show(content: ReportContent): void {
    if (isDeepStrictEqual(content, this.content)) return;
    this.content = content;
    this.revision += 1;
    this.page.hydrate();
  }

  /** Offers what can be done now. */
  refreshActions(): void {
    this.page.hydrate();
  }

  dispose(): void {
    this.page.dispose();
  }

  private hydration(): HostToReport | undefined {
    if (this.content === undefined) return undefined;
    if (typeof this.content === 'string') return { type: 'missing', reason: this.content };
    return {
      type: 'hydrate',
      revision: this.revision,
      record: this.content,
      actions: offeredActions(this.content, this.host.requests(), this.host.actions),
    };
  }

  private async obey(message: ReportRequest): Promise<void> {
    const { record } = this;
    if (!record) return;
    // A click on what has just changed under the pointer may mean something else than it did.
    if ('revision' in message && message.revision !== this.revision) return;
    switch (message.type) {
      case 'action':
        await this.act(message.name, record);
        break;
      case 'copyHash': {
        const hash = hashesOf(record)[message.name];
        if (hash !== undefined) await this.copy(hash, message.name);
        break;
      }
      case 'openMatch': {
        const place = matchPlace(record, message.finding, message.match);
        if (place) await this.host.actions.openMatch(place);
        break;
      }
      case 'openFinding': {
        const finding = record.findings[message.finding];
        if (finding) await this.openFile(record, fileOf(record, finding));
        break;
      }
      case 'openProblem': {
        const problems = record.details?.type === 'folder' ? record.details.problems : [];
        await this.openFile(record, problems[message.problem]?.path);
        break;
      }
      case 'openReference': {
        const address = webAddress(record.findings[message.finding]?.reference);
        if (address !== undefined) await this.host.actions.openReference(address);
        break;
      }
    }
  }

  private async act(name: ReportActionName, record: ScanRecord): Promise<void> {
    const requests = this.host.requests();
    // The page may be older than what is offered now.
    if (!offeredActions(record, requests, this.host.actions).includes(name)) return;
    switch (name) {
      case 'scanAgain':
      case 'exportJson':
      case 'markSafe':
      case 'unmarkSafe':
      case 'quarantine':
        await requests[name]?.(record);
        break;
      case 'openTarget':
        await this.host.actions.openFile(record.target);
        break;
      case 'revealTarget':
        await this.host.actions.reveal(record.target);
        break;
      case 'copyTarget':
        await this.copy(record.target, 'target');
        break;
      case 'copySha256':
        if (record.sha256 !== undefined) await this.copy(record.sha256, 'sha256');
        break;
      case 'copyReport':
        await this.copy(reportMarkdown(record), 'report');
        break;
    }
  }

  private async copy(text: string, what: CopiedThing): Promise<void> {
    await this.host.actions.copy(text, what);
    this.page.send({ type: 'copied', what });
  }

  private async openFile(record: ScanRecord, path: string | undefined): Promise<void> {
    if (path !== undefined && isOfFiles(record)) await this.host.actions.openFile(path);
  }
}

function isOfFiles({ kind }: ScanRecord): boolean {
  return kind === 'file' || kind === 'folder';
}

function fileOf(record: ScanRecord, finding: Finding): string {
  return finding.path ?? record.target;
}

function hashesOf({ details, sha256 }: ScanRecord): { md5?: string; sha1?: string; sha256?: string } {
  const hashes = details?.type === 'file' ? details.hashes : undefined;
  return hashes ?? (sha256 === undefined ? {} : { sha256 });
}

/** Undefined also for what lies inside an archive: its offset is none of the file's. */
function matchPlace(record: ScanRecord, findingIndex: number, matchIndex: number): MatchPlace | undefined {
  const finding = record.findings[findingIndex];
  const match = finding?.matches?.[matchIndex];
  if (!finding || !match || !isOfFiles(record) || (finding.members?.length ?? 0) > 0) return undefined;
  const { details } = record;
  const isTarget = finding.path === undefined || finding.path === record.target;
  return {
    path: fileOf(record, finding),
    offset: match.offset,
    length: match.length,
    ...(isTarget && details?.type === 'file'
      ? {
          sizeBytes: details.sizeBytes,
          ...(details.modifiedAt === undefined ? {} : { modifiedAt: details.modifiedAt }),
        }
      : {}),
  };
}
