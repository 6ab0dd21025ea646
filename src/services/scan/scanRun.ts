import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Clock } from '../../shared/clock';
import { defined } from '../../shared/defined';
import type { Disposable } from '../../shared/disposable';
import type { ScanResult } from '../../shared/protocol/scanWorker';
import type { ScanRecord, ScanStatus } from '../../shared/scan/record';
import type { TaskContext } from '../tasks/task';
import { answerOf, EngineRound, usualTimeLimitMs } from './engineRound';
import type { EngineAnswer, FileEngine } from './fileEngine';
import { type AlarmedFile, FolderRound } from './folderRound';
import { isOpen, joinedResult, withoutWaiting } from './joinedResult';
import { extend } from './scanProgress';
import { recordOf } from './scanRecord';

export interface ScanRunOptions {
  readonly path: string;
  readonly context: TaskContext;
  /** How long the task ran until now, without pauses. */
  readonly runningMs: () => number;
  readonly engines: readonly FileEngine[];
  readonly clock: Clock;
  /** Puts a record into the history, or another in its place. Never rejects. */
  readonly keep: (record: ScanRecord) => Promise<void>;
}

/** What answers sooner than that is not shown while it goes on. */
const earlyAfterMs = 300;
const beatMs = 1_000;

/**
 * One scan from its start to its record. As soon as the coordinator has judged the target, the other engines are asked
 * and the record is in the history, with those that are still at it; it is replaced as they answer.
 */
export class ScanRun {
  private readonly id = randomUUID();
  private readonly startedAt: number;
  /** What the coordinator knows. */
  private local: ScanResult | undefined;
  private readonly rounds: EngineRound[] = [];
  private readonly unasked: EngineAnswer[] = [];
  /** Engines that were asked, or of which it is known that they are not. */
  private readonly claimed = new Set<string>();
  private readonly asking: Promise<void>[] = [];
  private folderRound: FolderRound | undefined;
  private readonly alarmed = new Map<string, AlarmedFile>();
  private early: Disposable | undefined;
  /** Ends what is still asked when the scan has ended without waiting for it. */
  private readonly abort = new AbortController();
  private readonly signal: AbortSignal;
  private isKept = false;
  private kept = Promise.resolve();

  constructor(private readonly options: ScanRunOptions) {
    this.startedAt = options.clock.now();
    this.signal = AbortSignal.any([options.context.signal, this.abort.signal]);
  }

  /** What is known by now; undefined before the coordinator has said anything. */
  get result(): ScanResult | undefined {
    const { local, folderRound } = this;
    if (local === undefined) return undefined;
    if (local.kind === 'folder') return folderRound?.join(local) ?? local;
    return joinedResult(local, [...this.rounds.flatMap(({ answers }) => answers), ...this.unasked]);
  }

  /** A file of the folder, about which something was found. */
  alarm(file: AlarmedFile): void {
    if (this.options.engines.length > 0) this.alarmed.set(file.path, file);
  }

  /** The coordinator knows all but what engines that it has asked are still to say. */
  hear(result: ScanResult): void {
    this.local = result;
    this.askAboutFile(result);
    this.showEarly();
  }

  /** The coordinator knows all. Settles when the other engines have answered, too, or the task is to end. */
  async finish(result: ScanResult): Promise<void> {
    this.local = result;
    if (!result.complete) return;
    if (result.kind === 'folder') this.askAboutFolder(result);
    else this.askAboutFile(result);
    if (this.asking.length === 0) return;
    this.showEarly();
    await this.whileAlive(Promise.all(this.asking));
  }

  /** Keeps the record for good. @returns it */
  async end(status: ScanStatus, kind: 'file' | 'folder'): Promise<ScanRecord> {
    this.early?.dispose();
    this.isKept = false;
    const known = this.result;
    const reason = status === 'timedOut' ? 'timedOut' : 'cancelled';
    const result = known === undefined || status === 'finished' ? known : withoutWaiting(known, reason);
    const record = this.record(status, result, result?.kind ?? kind);
    this.abort.abort();
    await this.kept;
    await this.options.keep(record);
    return record;
  }

  private askAboutFile(result: ScanResult): void {
    const reason = result.problem?.reason;
    const open = this.options.engines.filter(({ id }) => isOpen(result.engines, id) && !this.claimed.has(id));
    for (const { id } of open) this.claimed.add(id);
    if (reason === 'vanished' || reason === 'unreadable' || reason === 'notApplicable') {
      const unheard = open.filter(({ id }) => !result.engines.some((engine) => engine.id === id));
      this.unasked.push(...unheard.map(({ id }) => answerOf(id, 'notAsked', reason)));
    } else if (open.length > 0) {
      this.giveTime(open);
      this.asking.push(this.ask(open, result));
    }
  }

  private async ask(engines: readonly FileEngine[], { details, sha256 }: ScanResult): Promise<void> {
    const { clock, path } = this.options;
    const { signal, tell, onAnswer } = this;
    const sizeBytes = details?.type === 'file' ? details.sizeBytes : await sizeOf(path);
    const target = { path, sizeBytes, ...defined({ sha256 }) };
    const round = new EngineRound({ engines, target, clock, signal, tell, onAnswer });
    this.rounds.push(round);
    await round.done;
  }

  private askAboutFolder(result: ScanResult): void {
    const { engines, clock } = this.options;
    const order = new Map(result.findings.map(({ path = '' }, index) => [path, index]));
    const place = ({ path }: AlarmedFile): number => order.get(path) ?? Infinity;
    const open = engines.filter(({ id }) => isOpen(result.engines, id));
    if (open.length === 0) return;
    this.giveTime(open);
    this.folderRound = new FolderRound({
      engines: open,
      files: [...this.alarmed.values()].sort((one, other) => place(one) - place(other)),
      clock,
      signal: this.signal,
      tell: this.tell,
      onAnswer: this.onAnswer,
    });
    this.asking.push(this.folderRound.done);
  }

  private readonly tell = (step: string): void => {
    this.options.context.reportProgress(100, step);
  };

  private readonly onAnswer = (): void => {
    if (this.isKept) this.put();
  };

  private giveTime(engines: readonly FileEngine[]): void {
    const longestMs = Math.max(...engines.map(({ timeLimitMs = usualTimeLimitMs }) => timeLimitMs));
    extend(this.options.context, longestMs);
  }

  private showEarly(): void {
    this.early ??= this.options.clock.setTimeout(() => {
      this.put();
    }, earlyAfterMs);
  }

  private put(): void {
    const { result } = this;
    if (result === undefined) return;
    this.isKept = true;
    const record = this.record('running', result, result.kind);
    this.kept = this.kept.then(() => this.options.keep(record));
  }

  private record(status: ScanStatus, result: ScanResult | undefined, kind: 'file' | 'folder'): ScanRecord {
    const { path, clock, runningMs } = this.options;
    const { id, startedAt } = this;
    const finishedAt = clock.now();
    const durationMs = Math.max(0, Math.min(runningMs(), finishedAt - startedAt));
    return recordOf({ id, path, kind, status, startedAt, finishedAt, durationMs, result });
  }

  /** The engines have time limits of their own; until then the task lives, and stands still when it is told to. */
  private async whileAlive(work: Promise<unknown>): Promise<void> {
    const { clock, context } = this.options;
    let looking = false;
    const look = async (): Promise<void> => {
      if (looking) return;
      looking = true;
      // Why the task is to end is for whoever waits for the engines: they are told as well.
      await context.checkpoint().catch(() => undefined);
      looking = false;
    };
    const beat = clock.setInterval(() => void look(), beatMs);
    try {
      await work;
    } finally {
      beat.dispose();
    }
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    // What became of it is for the engine to say.
    return 0;
  }
}
