import { version as yaraVersion } from '@virustotal/yara-x/package.json';
import { formatCount } from '../../../shared/presentation/format';
import type { EngineReport } from '../../../shared/scan/record';
import { type EngineId, engineNames, notAsked } from '../engines';
import type { RuleStages } from '../pool/ruleStages';
import type { ScanPool } from '../pool/scanPool';
import type { RuleFault } from '../rules/ruleScanner';

/** What reports say of rules: which were in force, and which were to be and are not. */
export class RuleReports {
  constructor(
    private readonly stages: RuleStages,
    private readonly pool: Pick<ScanPool, 'compiledSet'>,
  ) {}

  /** How many rules are in force; undefined until a thread has compiled them. */
  get ruleCount(): number | undefined {
    const { inForce } = this.stages;
    const compiled = this.pool.compiledSet(inForce);
    return compiled === undefined ? undefined : compiled.ruleNames.length - inForce.leftOut.length;
  }

  /** What engines have to say about a file about which there is nothing to say. */
  plain(): readonly EngineReport[] {
    const noHit = (id: EngineId): EngineReport => ({ id, name: engineNames[id], state: 'noHit' });
    const hasRules = this.stages.inForce.sources.length > 0;
    return [hasRules ? noHit('yara') : notAsked('yara', 'switchedOff'), noHit('content'), ...this.others()];
  }

  /** Engines that have the same to say about every file. */
  others(): readonly EngineReport[] {
    const { ownRules } = this.stages;
    switch (ownRules.state) {
      case 'none':
      case 'inForce':
        return [];
      case 'compiling':
        return [notAsked('yaraOwn', 'notReady')];
      case 'failed': {
        const { detail } = ownRules;
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

  /** Adds to a report what is known of a local engine. */
  describe(report: EngineReport): EngineReport {
    if (report.id !== 'yara' || report.state === 'notAsked') return { ...report, sendsAway: false };
    const { inForce } = this.stages;
    const { ruleCount } = this;
    const fingerprint = inForce.fingerprint.slice(0, 8);
    const version =
      ruleCount === undefined ? fingerprint : `${formatCount(ruleCount, 'rule')}, ${fingerprint}`;
    const leftOut = inForce.leftOut.length === 0 ? [] : [`left out: ${inForce.leftOut.join(', ')}`];
    const details = [...(report.detail === undefined ? [] : [report.detail]), ...leftOut];
    return {
      ...report,
      version: yaraVersion,
      database: { version },
      sendsAway: false,
      ...(details.length === 0 ? {} : { detail: [...new Set(details)].join('; ') }),
    };
  }

  /** Files of rules that are not in force. */
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
}
