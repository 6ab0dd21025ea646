import path from 'node:path';
import { version as yaraVersion } from '@virustotal/yara-x/package.json';
import { formatCount, formatInteger } from '../../../shared/presentation/format';
import { oneLine } from '../../../shared/presentation/plainText';
import type { EngineReport } from '../../../shared/scan/record';
import { type EngineId, engineNames, notAsked } from '../engines';
import type { RuleStages, StagedRules } from '../pool/ruleStages';
import type { ScanPool } from '../pool/scanPool';
import type { RuleFault } from '../rules/ruleScanner';

/** A report has room for so many names. */
const namedFaults = 5;

/**
 * What reports say of rules: which were asked, and which were to be and were not. It is told of the rules that answered,
 * since others may be in force by the time that something is said about them.
 */
export class RuleReports {
  constructor(
    private readonly stages: RuleStages,
    private readonly pool: Pick<ScanPool, 'compiledSet'>,
  ) {}

  /** How many rules are in force; undefined until a thread has compiled them. */
  get ruleCount(): number | undefined {
    return this.countOf(this.stages.inForce);
  }

  /** What engines have to say about a file about which there is nothing to say. */
  plain(rules = this.stages.inForce): readonly EngineReport[] {
    const noHit = (id: EngineId): EngineReport => ({ id, name: engineNames[id], state: 'noHit' });
    return [this.plainYara(rules), noHit('content'), ...this.others(rules)];
  }

  /** Engines that have the same to say about every file. */
  others({ own }: Pick<StagedRules, 'own'> = this.stages.inForce): readonly EngineReport[] {
    switch (own.state) {
      case 'none':
      case 'inForce':
        return [];
      case 'compiling':
        return [notAsked('yaraOwn', 'notReady')];
      case 'failed': {
        const { detail } = own;
        const report = {
          id: 'yaraOwn',
          name: engineNames.yaraOwn,
          state: 'failed',
          reason: 'failed',
        } as const;
        return [{ ...report, detail }];
      }
    }
  }

  /** Adds to a report what is known of a local engine. @param used rules that were asked, in this order */
  describe(report: EngineReport, used: readonly StagedRules[] = [this.stages.inForce]): EngineReport {
    if (report.id !== 'yara' || report.state === 'notAsked') return { ...report, sendsAway: false };
    // Rules that single files were asked about without some are the same otherwise, and have its fingerprint.
    const compiled = used.filter((rules) => this.countOf(rules) !== undefined);
    const versions = new Set((compiled.length > 0 ? compiled : used).map((rules) => this.versionOf(rules)));
    const details = [
      ...(report.detail === undefined ? [] : [report.detail]),
      ...(versions.size > 1 ? ['not all files with the same rules'] : []),
      ...leftOutOf(used),
      ...this.notInForce(compiled),
    ];
    return {
      ...report,
      version: yaraVersion,
      database: { version: [...versions].join('; ') },
      sendsAway: false,
      ...(details.length === 0 ? {} : { detail: [...new Set(details)].join('; ') }),
    };
  }

  /** Whether all faults are known. While rules are compiled, only some are. */
  get hasAllFaults(): boolean {
    const { state } = this.stages.ownRules;
    return state === 'none' || state === 'failed' || (state === 'inForce' && this.ruleCount !== undefined);
  }

  /** Files of rules that are not in force, as far as that is known. */
  faults(): readonly RuleFault[] {
    const { stages, pool } = this;
    const compiled = pool.compiledSet(stages.inForce)?.faults ?? [];
    const { ownRules } = stages;
    const failed =
      ownRules.state === 'failed'
        ? stages.ownFolders.map((file) => ({
            file,
            message: `These rules could not be compiled: ${ownRules.detail}.`,
          }))
        : [];
    return [...stages.faults, ...compiled, ...failed];
  }

  /** That a part of the rules found nothing says nothing of the file. */
  private plainYara({ sources, leftOut }: StagedRules): EngineReport {
    const report = { id: 'yara', name: engineNames.yara } as const;
    if (sources.length === 0) return notAsked('yara', 'switchedOff');
    if (leftOut.length === 0) return { ...report, state: 'noHit' };
    return { ...report, state: 'partial', reason: 'timedOut', detail: `left out: ${leftOut.join(', ')}` };
  }

  /** Files of rules that could not be compiled, or not even be read, are no engine that failed, and have to be told. */
  private notInForce(used: readonly StagedRules[]): readonly string[] {
    const compiled = used.flatMap((rules) => this.pool.compiledSet(rules)?.faults ?? []);
    const files = [...new Set([...this.stages.faults, ...compiled].map(({ file }) => path.basename(file)))];
    if (files.length === 0) return [];
    const rest = files.length - namedFaults;
    const named = files.slice(0, namedFaults).map((file) => oneLine(file));
    return [`not in force: ${named.join(', ')}${rest > 0 ? ` and ${formatInteger(rest)} more` : ''}`];
  }

  private countOf(rules: StagedRules): number | undefined {
    const compiled = this.pool.compiledSet(rules);
    return compiled === undefined ? undefined : compiled.ruleNames.length - rules.leftOut.length;
  }

  private versionOf(rules: StagedRules): string {
    const count = this.countOf(rules);
    const fingerprint = rules.fingerprint.slice(0, 8);
    return count === undefined ? fingerprint : `${formatCount(count, 'rule')}, ${fingerprint}`;
  }
}

function leftOutOf(used: readonly StagedRules[]): readonly string[] {
  const names = [...new Set(used.flatMap(({ leftOut }) => leftOut))];
  const everywhere = names.filter((name) => used.every(({ leftOut }) => leftOut.includes(name)));
  const sometimes = names.filter((name) => !everywhere.includes(name));
  return [
    ...(everywhere.length === 0 ? [] : [`left out: ${everywhere.join(', ')}`]),
    ...(sometimes.length === 0 ? [] : [`left out of some files: ${sometimes.join(', ')}`]),
  ];
}
