import type { Rules, Scanner } from '@virustotal/yara-x';
import type { Prefilter } from './prefilter/prefilter';
import type { RuleTable, TableRule } from './prefilter/ruleTable';
import {
  externalNames,
  type RuleExternals,
  type RuleMatch,
  type RuleScanItem,
  type RuleScanner,
} from './ruleScanner';
import { type RuleResult, ruleMatches } from './scanResult';
import { free, type YaraModule } from './yaraModule';

/**
 * How many matches of a string are looked for. Conditions that ask how often or where it occurs need them all, and the
 * others one; but each that is handed over costs 3 µs, and what makes a file slow to scan can be put into it on purpose.
 */
const maxMatchesPerPattern = { forPlaces: 100_000, otherwise: 10_000 };

/** Files up to this size are joined: above it, a scan takes longer than the call does. */
const joinedItemBytes = 1024 * 1024;
const joinedBytes = 4 * 1024 * 1024;

export class YaraScanner implements RuleScanner {
  readonly ruleNames: readonly string[];
  private readonly scanner: Scanner;
  private readonly current = new Map<keyof RuleExternals, string>();
  private scans = 0;
  private disposed = false;

  /** @param prefilter absent to scan one item after another */
  constructor(
    private readonly yara: YaraModule,
    private readonly rules: Rules,
    private readonly table: RuleTable,
    private readonly prefilter: Prefilter | undefined,
  ) {
    this.ruleNames = [
      ...table.rules.map(({ namespace, name }) => `${namespace}/${name}`),
      ...table.unknownNamespaces.map((namespace) => `${namespace}/*`),
    ];
    this.scanner = rules.scanner();
    this.scanner.setMaxMatchesPerPattern(
      maxMatchesPerPattern[table.asksForPlaces ? 'forPlaces' : 'otherwise'],
    );
  }

  get scanCount(): number {
    return this.scans;
  }

  get memoryBytes(): number {
    return this.yara.memoryBytes;
  }

  scan(item: RuleScanItem): readonly RuleMatch[] {
    for (const name of externalNames) this.setExternal(name, item.externals[name]);
    return ruleMatches(this.ask(item));
  }

  scanMany(
    items: readonly RuleScanItem[],
    beforeItem: (index: number | undefined) => void = () => undefined,
  ): readonly (readonly RuleMatch[])[] {
    const answers: (readonly RuleMatch[])[] = items.map(() => []);
    for (const group of this.prefilter === undefined ? alone(items) : groups(items)) {
      const candidates = this.findCandidates(group, () => {
        beforeItem(undefined);
      });
      for (const [position, { index, item }] of group.entries()) {
        const rules = candidates?.[position];
        if (rules?.length === 0) continue;
        beforeItem(index);
        answers[index] = this.scanFor(item, rules);
      }
    }
    return answers;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.prefilter?.dispose();
    free(this.scanner, this.rules);
  }

  /** @returns for each item the rules that may match it; undefined where that is not worth a question */
  private findCandidates(
    group: Group,
    beforeJoined: () => void,
  ): readonly (readonly TableRule[])[] | undefined {
    if (this.prefilter === undefined || group.length < 2) return undefined;
    beforeJoined();
    this.scans += 1;
    return this.prefilter.candidates(group.map(({ item }) => item));
  }

  /** @param rules those that may match; undefined if any may */
  private scanFor(item: RuleScanItem, rules: readonly TableRule[] | undefined): readonly RuleMatch[] {
    if (rules === undefined || rules.some(({ needsExternals }) => needsExternals)) return this.scan(item);
    // What rules are told about the file is that of an earlier one, so that those who ask for it do not count.
    const results = this.ask(item).filter(
      ({ namespace, identifier }) => this.table.find(namespace, identifier)?.needsExternals !== true,
    );
    return ruleMatches(results);
  }

  private ask({ bytes }: RuleScanItem): readonly RuleResult[] {
    this.scans += 1;
    return this.yara.scan(this.scanner, bytes);
  }

  /** Each change costs as much as a scan, so that only what a rule asks for is told, and nothing twice. */
  private setExternal(name: keyof RuleExternals, value: string): void {
    if (!this.table.usedExternals.has(name) || (this.current.get(name) ?? '') === value) return;
    this.yara.setExternal(this.scanner, name, value);
    this.current.set(name, value);
    this.scans += 1;
  }
}

type Group = readonly { readonly index: number; readonly item: RuleScanItem }[];

function alone(items: readonly RuleScanItem[]): readonly Group[] {
  return items.map((item, index) => [{ index, item }]);
}

/** Small items that follow one another are joined, up to some MB; each large one is a group of its own. */
function groups(items: readonly RuleScanItem[]): readonly Group[] {
  const all: { index: number; item: RuleScanItem }[][] = [];
  let open: { index: number; item: RuleScanItem }[] | undefined;
  let openBytes = 0;
  for (const [index, item] of items.entries()) {
    if (item.bytes.length > joinedItemBytes) {
      all.push([{ index, item }]);
      continue;
    }
    if (open === undefined || openBytes + item.bytes.length > joinedBytes) {
      open = [];
      openBytes = 0;
      all.push(open);
    }
    open.push({ index, item });
    openBytes += item.bytes.length;
  }
  return all;
}
