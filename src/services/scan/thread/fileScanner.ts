import { closeSync, lstatSync, statSync } from 'node:fs';
import nodePath from 'node:path';
import { defined } from '../../../shared/defined';
import type {
  BatchReply,
  BatchRequest,
  FileReply,
  FileRequest,
  ScanOptions,
} from '../../../shared/protocol/scanThread';
import type { Judgement } from '../../../shared/scan/judgement';
import type { FileDetails } from '../../../shared/scan/record';
import type { WorkControl } from '../../../workers/controlBlock';
import type { ThreadSign } from '../../../workers/threadSign';
import { type FilePath, openRegularFile } from '../../files/regularFile';
import { ContentHashes } from '../../hashing/contentHashes';
import { FileSource, MemorySource } from '../archive/byteSource';
import { contentFindings } from '../content/contentFindings';
import type { DetectedContent } from '../content/detectedContent';
import { displayPath } from '../content/displayPath';
import {
  type FileContent,
  FileReader,
  type FileReadOptions,
  type FileReadResult,
} from '../content/fileReader';
import { stampNumbers } from '../knownFiles';
import type { RuleMatch } from '../rules/ruleScanner';
import { BatchReader } from './batchReader';
import type { Examiner, OpenedArchive } from './examiner';
import { GravestFindings } from './gravestFindings';
import { enginesOf, incompleteness, judgementOf, type Observed, refusedJudgement } from './judging';

/** The part of a task's control block that scanning needs. */
export type ScanControl = Pick<WorkControl, 'proceed'>;

/** Announces a step and lets go of the work where its owner wants that. */
type Step = (bytes: number) => void;

type FileQuestion = Pick<FileRequest, 'path' | 'stamp' | 'followLinks' | 'details' | 'options'>;
type BatchQuestion = Pick<BatchRequest, 'paths' | 'stamps' | 'options'>;

const maxReads = 3;

/** A file whose content is in memory. */
interface Loaded {
  /** As shown to people. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly detected: DetectedContent;
}

/** Scans files, each in one read for all evidence. Synchronous: for a thread of its own. */
export class FileScanner {
  private readonly reader = new FileReader();
  private readonly batchReader = new BatchReader();

  constructor(private readonly examiner: Examiner) {}

  /**
   * Scans small files of a folder.
   * @throws what `control` throws
   */
  scanBatch(question: BatchQuestion, control: ScanControl, sign: ThreadSign): Omit<BatchReply, 'costs'> {
    const { paths, stamps, options } = question;
    const stepOf = (item: number | undefined): Step => {
      return (bytes) => {
        sign.step(bytes, item);
        control.proceed();
      };
    };
    const files = paths.map(filePathOf);
    const reply = {
      judgements: [] as [number, Judgement][],
      unchanged: new Uint8Array(files.length),
      bytes: 0,
    };
    let next = 0;
    const contents = this.batchReader.read(files, stamps, () => {
      stepOf(next++)(0);
    });
    const loaded = new Map<number, Loaded>();
    for (const [index, path] of files.entries()) {
      const bytes = contents[index];
      if (bytes !== undefined) loaded.set(index, this.load(displayPath(path), bytes, bytes.length));
    }
    const matches = this.askRules(loaded, options.join, stepOf);
    for (const [index, path] of paths.entries()) {
      const file = loaded.get(index);
      if (file === undefined) {
        const stamp = stamps.subarray(index * stampNumbers, (index + 1) * stampNumbers);
        const one = { path, stamp, followLinks: false, details: false, options };
        const { judgement, unchanged, bytes } = this.scanPath(one, stepOf(index));
        if (judgement !== undefined) reply.judgements.push([index, judgement]);
        reply.unchanged[index] = unchanged ? 1 : 0;
        reply.bytes += bytes;
        continue;
      }
      const judgement = this.judge(file, matches.get(index) ?? [], options, stepOf(index));
      if (judgement !== undefined) reply.judgements.push([index, judgement]);
      reply.unchanged[index] = 1;
      reply.bytes += file.bytes.length;
    }
    return reply;
  }

  /**
   * Scans one file, whatever its size.
   * @throws what `control` throws
   */
  scanFile(question: FileQuestion, control: ScanControl, sign: ThreadSign): Omit<FileReply, 'costs'> {
    const { judgement, observed, ...rest } = this.scanPath(question, (bytes) => {
      sign.step(bytes, 0);
      control.proceed();
    });
    const nothing = { engines: observed === undefined ? [] : enginesOf(observed), findings: [] };
    return { judgement: judgement ?? nothing, ...rest };
  }

  private scanPath(
    { path: given, stamp, followLinks, details, options }: FileQuestion,
    step: Step,
  ): Omit<FileReply, 'costs' | 'judgement'> & { judgement?: Judgement; observed?: Observed } {
    const path = filePathOf(given);
    const content = this.read(
      path,
      { followLinks, hashes: details, entropy: details, maxKeptBytes: options.maxFileBytes },
      step,
    );
    if (content.status === 'refused') {
      return { judgement: refusedJudgement(content), unchanged: false, bytes: 0 };
    }
    const file = this.load(displayPath(path), content.bytes, content.sizeBytes);
    step(content.bytes.length);
    const matches = this.examiner.scan(this.examiner.item(file.path, file.bytes, file.detected));
    const archive = options.openArchives
      ? this.openArchive(path, followLinks, content, options.archiveMemoryBytes, step)
      : undefined;
    const incomplete = incompleteness(content);
    const found = this.findingsIn(file, matches, archive, content.entropy);
    const observed: Observed = {
      ...found,
      hasRules: this.examiner.hasRules,
      ...defined({
        archive: archive?.problems,
        incomplete,
        sha256:
          found.findings.length === 0
            ? undefined
            : (content.hashes?.sha256 ?? this.sha256Of(path, followLinks, content, step)),
      }),
    };
    const isWhole = incomplete === undefined || incomplete.reason === 'tooLarge';
    return {
      observed,
      ...defined({
        judgement: judgementOf(observed),
        details: details ? detailsOf(content, file.detected, archive) : undefined,
      }),
      unchanged: isWhole && stamp !== undefined && isAsStamped(path, followLinks, stamp),
      bytes: content.bytes.length,
    };
  }

  /** One that was written to meanwhile is read again; a log may be written to all the time. */
  private read(path: FilePath, options: FileReadOptions, step: Step): FileReadResult {
    for (let attempt = 1; ; attempt++) {
      const content = this.reader.read(path, options, {
        checkpoint: () => {
          step(0);
        },
      });
      if (content.status === 'refused' || content.incomplete !== 'changed' || attempt >= maxReads)
        return content;
    }
  }

  private load(path: string, bytes: Uint8Array, sizeBytes: number): Loaded {
    return { path, bytes, detected: this.examiner.detect(bytes, sizeBytes) };
  }

  private askRules(
    loaded: ReadonlyMap<number, Loaded>,
    join: boolean,
    stepOf: (index: number | undefined) => Step,
  ): ReadonlyMap<number, readonly RuleMatch[]> {
    const indices = [...loaded.keys()];
    const files = [...loaded.values()];
    const items = files.map(({ path, bytes, detected }) => this.examiner.item(path, bytes, detected));
    const matches = join
      ? this.examiner.scanMany(items, (position, bytes) => {
          stepOf(position === undefined ? undefined : indices[position])(bytes);
        })
      : items.map((item, position) => {
          stepOf(indices[position])(item.bytes.length);
          return this.examiner.scan(item);
        });
    return new Map(indices.map((index, position) => [index, matches[position] ?? []]));
  }

  /** Of a file that was read in whole. */
  private judge(
    file: Loaded,
    matches: readonly RuleMatch[],
    options: ScanOptions,
    step: Step,
  ): Judgement | undefined {
    const source = new MemorySource(file.bytes);
    const archive = options.openArchives
      ? this.examiner.openArchive(source, file.path, options.archiveMemoryBytes, step)
      : undefined;
    const found = this.findingsIn(file, matches, archive);
    return judgementOf({
      ...found,
      hasRules: this.examiner.hasRules,
      ...defined({
        archive: archive?.problems,
        sha256: found.findings.length === 0 ? undefined : hashed(file.bytes),
      }),
    });
  }

  private findingsIn(
    { path, detected }: Loaded,
    matches: readonly RuleMatch[],
    archive: OpenedArchive | undefined,
    entropy?: number,
  ): Pick<Observed, 'findings' | 'omittedFindings'> {
    const named = { name: nodePath.basename(path), detected, ...defined({ entropy }) };
    const gravest = new GravestFindings();
    gravest.add(this.examiner.ruleFindings(matches));
    gravest.add(contentFindings(named));
    gravest.add(archive?.findings.findings ?? []);
    gravest.add(archive?.problems.findings() ?? []);
    return {
      findings: gravest.findings,
      omittedFindings: gravest.omitted + (archive?.findings.omitted ?? 0),
    };
  }

  /** One that is too large to be kept is opened where it lies. */
  private openArchive(
    path: FilePath,
    followLinks: boolean,
    content: FileContent,
    maxLiveBytes: number,
    step: Step,
  ): OpenedArchive | undefined {
    const { examiner } = this;
    if (content.incomplete !== 'tooLarge') {
      return examiner.openArchive(new MemorySource(content.bytes), displayPath(path), maxLiveBytes, step);
    }
    const file = openRegularFile(path, { followLinks });
    if (file.status === 'refused') return undefined;
    try {
      const source = new FileSource(file.descriptor, Number(file.stats.size));
      return examiner.openArchive(source, displayPath(path), maxLiveBytes, step);
    } finally {
      closeSync(file.descriptor);
    }
  }

  private sha256Of(
    path: FilePath,
    followLinks: boolean,
    content: FileContent,
    step: Step,
  ): string | undefined {
    if (content.incomplete === undefined) return hashed(content.bytes);
    if (content.incomplete !== 'tooLarge') return undefined;
    const again = this.read(path, { followLinks, hashes: true, entropy: false, maxKeptBytes: 1 }, step);
    return again.status === 'read' ? again.hashes?.sha256 : undefined;
  }
}

function hashed(bytes: Uint8Array): string {
  const hashes = new ContentHashes();
  hashes.update(bytes);
  return hashes.digest().sha256;
}

/** What was bytes before it crossed between threads is bytes again. */
function filePathOf(path: string | Uint8Array): FilePath {
  return typeof path === 'string' ? path : Buffer.from(path.buffer, path.byteOffset, path.byteLength);
}

function isAsStamped(path: FilePath, followLinks: boolean, stamp: Float64Array): boolean {
  try {
    const { mtimeMs, ctimeMs, size, ino, dev } = followLinks ? statSync(path) : lstatSync(path);
    return [mtimeMs, ctimeMs, size, ino, dev].every((value, index) => value === stamp[index]);
  } catch {
    return false;
  }
}

function detailsOf(
  content: FileContent,
  { kind, type }: DetectedContent,
  archive: OpenedArchive | undefined,
): FileDetails {
  return {
    type: 'file',
    sizeBytes: content.sizeBytes,
    modifiedAt: Math.max(0, content.modifiedAt),
    ...(kind === 'data' && content.incomplete !== undefined ? {} : { contentType: type }),
    ...defined({
      hashes: content.hashes,
      entropy: content.entropy,
      archive:
        archive === undefined
          ? undefined
          : {
              members: archive.members,
              unpackedBytes: archive.unpackedBytes,
              problems: [...archive.problems.texts()],
            },
    }),
  };
}
