import type { ReportingDescriptor, Result, Tool, ToolComponent } from 'sarif';
import { defined } from '../../../../shared/defined';
import { webAddress } from '../../../../shared/presentation/webAddress';
import type { EngineReport, Finding } from '../../../../shared/scan/record';
import { notifications } from './sarifNotifications';
import { webUri } from './sarifUri';

type Level = 'none' | 'note' | 'warning' | 'error';

/** The part of a result that says which rule it is of. */
export type RuleReference = Pick<Result, 'ruleId' | 'ruleIndex' | 'rule'>;

interface EngineRules {
  /** Its place among the tool's extensions. */
  readonly index: number;
  readonly component: ToolComponent;
  readonly rules: ReportingDescriptor[];
  readonly places: Map<string, number>;
}

/** The rule of results that tell a record's verdict rather than one piece of evidence. */
const verdictRule: ReportingDescriptor = {
  id: 'verdict',
  shortDescription: { text: 'The verdict of a scan.' },
  fullDescription: {
    text: 'What all engines together say about a target. A pass says that those which were asked found nothing.',
  },
};

/** What a finding says by itself, on the scale of SARIF; `none` goes with results that report no problem. */
export function findingLevel({ weight, severity }: Pick<Finding, 'weight' | 'severity'>): Level {
  switch (weight) {
    case 'malicious':
      return 'error';
    case 'suspicious':
      return severity === 'low' || severity === 'info' ? 'note' : 'warning';
    case 'informational':
      return 'none';
  }
}

/**
 * Gathers the rules of findings by engine, each version of it a component of its own, while results are written
 * that refer to them. It grows with the number of different rules, not of records.
 */
export class SarifRules {
  private readonly engines = new Map<string, EngineRules>();

  readonly verdict: RuleReference = { ruleId: verdictRule.id, ruleIndex: 0 };

  /** @param engine the report of the engine that the finding names, where the record has one */
  refer(finding: Finding, engine: EngineReport | undefined): RuleReference {
    const rules = this.rulesOf(finding.engine, engine);
    const place = rules.places.get(finding.rule) ?? addRule(rules, finding);
    const toolComponent = { index: rules.index };
    return { ruleId: finding.rule, rule: { id: finding.rule, index: place, toolComponent } };
  }

  tool(sentinelVersion: string | undefined): Tool {
    const driver: ToolComponent = {
      name: 'Sentinel',
      ...(sentinelVersion === undefined ? {} : { version: sentinelVersion }),
      rules: [verdictRule],
      notifications: [...notifications],
    };
    const extensions = [...this.engines.values()].map(({ component, rules }) => ({ ...component, rules }));
    return { driver, ...(extensions.length === 0 ? {} : { extensions }) };
  }

  private rulesOf(id: string, engine: EngineReport | undefined): EngineRules {
    const key = JSON.stringify([id, engine?.name, engine?.version]);
    const known = this.engines.get(key);
    if (known !== undefined) return known;
    const rules: EngineRules = {
      index: this.engines.size,
      component: {
        name: engine?.name ?? id,
        ...(engine?.version === undefined ? {} : { version: engine.version }),
        properties: { engine: id },
      },
      rules: [],
      places: new Map(),
    };
    this.engines.set(key, rules);
    return rules;
  }
}

function addRule({ rules, places }: EngineRules, finding: Finding): number {
  const { rule, title, description, reference, severity, tags = [] } = finding;
  // Viewers open it by a click.
  const address = webAddress(reference);
  const helpUri = address === undefined ? undefined : webUri(address);
  const level = findingLevel(finding);
  const descriptor: ReportingDescriptor = defined({
    id: rule,
    shortDescription: { text: title },
    fullDescription: description === undefined ? undefined : { text: description },
    helpUri,
    defaultConfiguration: { level },
    properties: { severity, ...(tags.length === 0 ? {} : { tags: [...new Set(tags)] }) },
  });
  const place = rules.push(descriptor) - 1;
  places.set(rule, place);
  return place;
}
