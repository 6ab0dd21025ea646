import type { Rules, Scanner } from '@virustotal/yara-x';
import {
  externalNames,
  type RuleExternals,
  type RuleMatch,
  type RuleScanItem,
  type RuleScanner,
  type RuleSource,
} from './ruleScanner';
import { readRuleMatches } from './scanResult';
import { parseRules } from './source/ruleSyntax';
import { UnknownSyntax } from './source/tokens';
import type { YaraModule } from './yaraModule';

/** Scans one item after another. */
export class YaraScanner implements RuleScanner {
  readonly ruleNames: readonly string[];
  private readonly scanner: Scanner;
  private readonly current = new Map<keyof RuleExternals, string>();
  private scans = 0;
  private disposed = false;

  constructor(
    private readonly yara: YaraModule,
    private readonly rules: Rules,
    sources: readonly RuleSource[],
  ) {
    this.ruleNames = sources.flatMap(namesOf);
    this.scanner = rules.scanner();
    this.scanner.setMaxMatchesPerPattern(maxMatchesPerPattern);
  }

  get scanCount(): number {
    return this.scans;
  }

  get memoryBytes(): number {
    return this.yara.memoryBytes;
  }

  scan({ bytes, externals }: RuleScanItem): readonly RuleMatch[] {
    for (const name of externalNames) this.setExternal(name, externals[name]);
    this.scans += 1;
    return readRuleMatches(this.scanner.scan(bytes));
  }

  scanMany(
    items: readonly RuleScanItem[],
    beforeItem?: (index: number | undefined) => void,
  ): readonly (readonly RuleMatch[])[] {
    return items.map((item, index) => {
      beforeItem?.(index);
      return this.scan(item);
    });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.scanner.free();
    this.rules.free();
  }

  /** Each change costs as much as a scan, which is why what is already there is not set again. */
  private setExternal(name: keyof RuleExternals, value: string): void {
    if ((this.current.get(name) ?? '') === value) return;
    this.scanner.setGlobal(name, value);
    this.current.set(name, value);
    this.scans += 1;
  }
}

/** Handing a match over costs 40 µs. */
const maxMatchesPerPattern = 10_000;

function namesOf({ namespace, text }: RuleSource): readonly string[] {
  try {
    return parseRules(text).map(({ name }) => `${namespace}/${name}`);
  } catch (error) {
    if (error instanceof UnknownSyntax) return [`${namespace}/*`];
    throw error;
  }
}
