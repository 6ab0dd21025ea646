import nodePath from 'node:path';
import type { Finding } from '../../../shared/scan/record';
import type { RuleSetLevel } from '../../../shared/scan/settings';
import { defaultArchiveLimits } from '../archive/archive';
import { ArchiveProblems } from '../archive/archiveFindings';
import { archiveFormatOf } from '../archive/archiveFormat';
import { ArchiveReader } from '../archive/archiveReader';
import type { ByteSource } from '../archive/byteSource';
import { contentFindings, extensionOf } from '../content/contentFindings';
import { detectContent } from '../content/contentType';
import type { DetectedContent } from '../content/detectedContent';
import { findingOf } from '../ruleWeight';
import { GravestFindings } from './gravestFindings';
import type { RuleExternals, RuleMatch, RuleScanItem, RuleScanner } from '../rules/ruleScanner';

/** What was found inside of an archive. */
export interface OpenedArchive {
  readonly members: number;
  readonly unpackedBytes: number;
  readonly problems: ArchiveProblems;
  readonly findings: GravestFindings;
}

export interface RulesOfThread {
  readonly scanner: RuleScanner;
  /** By namespace. */
  readonly levels: ReadonlyMap<string, RuleSetLevel>;
}

/** Members are asked about together, as small files are. */
const groupBytes = 4 * 1024 * 1024;
const groupCount = 500;

interface Member {
  readonly item: RuleScanItem;
  readonly members: readonly string[];
}

/** Looks at content for all local evidence: what it is, what rules say, what is inside of it. */
export class Examiner {
  constructor(private readonly rules: RulesOfThread | undefined) {}

  get hasRules(): boolean {
    return this.rules !== undefined;
  }

  /** A content as rules see it. @param path as shown to people */
  item(path: string, bytes: Uint8Array, detected: DetectedContent): RuleScanItem {
    return { bytes, externals: externalsOf(path, detected) };
  }

  /** Asks all rules; nothing matches where there are none. */
  scan(item: RuleScanItem): readonly RuleMatch[] {
    return this.rules?.scanner.scan(item) ?? [];
  }

  /**
   * The same for many items, with fewer questions.
   * @param beforeStep is called with the position of the item that is about to be scanned alone, `undefined` before
   *   several are asked about together, and with how many bytes that is about; may throw to stop
   */
  scanMany(
    items: readonly RuleScanItem[],
    beforeStep: (position: number | undefined, bytes: number) => void,
  ): readonly (readonly RuleMatch[])[] {
    if (this.rules === undefined || items.length === 0) return [];
    const total = items.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return this.rules.scanner.scanMany(items, (position) => {
      beforeStep(position, position === undefined ? total : (items[position]?.bytes.length ?? 0));
    });
  }

  ruleFindings(matches: readonly RuleMatch[]): readonly Finding[] {
    if (matches.length === 0) return [];
    return matches.map((match) => findingOf(match, this.rules?.levels.get(match.namespace) ?? 'suspicious'));
  }

  /** @returns what the content is, whatever its name says */
  detect(bytes: Uint8Array, sizeBytes: number): DetectedContent {
    return detectContent(bytes, sizeBytes);
  }

  /**
   * Looks at all members of an archive, and at all archives inside of it.
   * @param maxLiveBytes what may be unpacked into memory at the same time
   * @param step announces a step that cannot be interrupted, and of how many bytes; may throw to stop
   * @returns undefined for what is no archive
   */
  openArchive(
    source: ByteSource,
    path: string,
    maxLiveBytes: number,
    step: (bytes: number) => void,
  ): OpenedArchive | undefined {
    const format = archiveFormatOf(source);
    if (format === undefined) return undefined;
    const name = nodePath.basename(path);
    const reader = new ArchiveReader(source, format, {
      name,
      limits: { ...defaultArchiveLimits, maxLiveBytes },
      control: {
        checkpoint: () => {
          step(0);
        },
      },
    });
    const problems = new ArchiveProblems();
    const findings = new GravestFindings();
    let group: Member[] = [];
    let bytesOfGroup = 0;
    const askRules = (): void => {
      findings.add(this.memberFindings(group, step));
      group = [];
      bytesOfGroup = 0;
    };
    for (const event of reader.read()) {
      if (event.type === 'problem') {
        problems.add(event);
        continue;
      }
      const { members, bytes } = event;
      const memberName = members.at(-1) ?? name;
      const detected = this.detect(bytes, bytes.length);
      const named = { name: nodePath.posix.basename(memberName), detected };
      findings.add(contentFindings(named).map((finding) => ({ ...finding, members: [...members] })));
      group.push({ item: this.item(memberName, bytes, detected), members });
      bytesOfGroup += bytes.length;
      if (bytesOfGroup >= groupBytes || group.length >= groupCount) askRules();
    }
    askRules();
    return { members: reader.memberCount, unpackedBytes: reader.unpackedBytes, problems, findings };
  }

  private memberFindings(group: readonly Member[], step: (bytes: number) => void): readonly Finding[] {
    const items = group.map(({ item }) => item);
    const matches = this.scanMany(items, (_position, bytes) => {
      step(bytes);
    });
    return group.flatMap(({ members }, index) =>
      this.ruleFindings(matches[index] ?? []).map((finding) => ({ ...finding, members: [...members] })),
    );
  }
}

function externalsOf(path: string, detected: DetectedContent): RuleExternals {
  const filename = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(nodePath.sep)) + 1);
  const extension = extensionOf(filename);
  return {
    filename,
    filepath: path,
    extension: extension === '' ? '' : `.${extension}`,
    filetype: detected.type.extension?.toUpperCase() ?? '',
    owner: '',
  };
}
