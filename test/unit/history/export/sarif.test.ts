import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Log, Result, Run } from 'sarif';
import type { ScanRecord } from '../../../../src/shared/scan/record';
import { verdicts } from '../../../../src/shared/scan/verdict';
import { Random, testSeed } from '../../support/random';
import { exported, useFolder } from './support/exporting';
import {
  failedEngine,
  hostileTexts,
  randomRecord,
  sampleFinding,
  sampleRecord,
} from './support/sampleRecords';

const schema = JSON.parse(readFileSync('test/fixtures/sarif/sarif-schema-2.1.0.json', 'utf8')) as object;
const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats(ajv);
const validate = ajv.compile<Log>(schema);

describe('export as SARIF', () => {
  const folder = useFolder();

  function run(...records: ScanRecord[]): Run {
    const log = JSON.parse(exported(folder.file('a.sarif'), 'sarif', records).text) as unknown;
    assert.ok(validate(log), ajv.errorsText(validate.errors));
    assert.equal(log.runs.length, 1);
    const [only] = log.runs;
    assert.ok(only);
    assertReferences(only);
    return only;
  }

  const results = (...records: ScanRecord[]): Result[] => run(...records).results ?? [];

  it('the check itself refuses what is no SARIF', () => {
    assert.equal(validate({ version: '2.1.0', runs: [{}] }), false);
    assert.equal(
      validate({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x', unheardOf: 1 } } }] }),
      false,
    );
  });

  it('is valid without records', () => {
    const { tool, results: none, artifacts, invocations, columnKind } = run();
    assert.deepEqual([none, artifacts, invocations], [[], [], []]);
    assert.equal(tool.driver.name, 'Sentinel');
    assert.equal(tool.driver.version, '1.2.3');
    assert.equal(columnKind, 'utf16CodeUnits');
  });

  it('tells a finding with its rule, place and target', () => {
    const record = sampleRecord({ verdict: 'malicious', findings: [sampleFinding()] });
    const { tool, results: found, artifacts } = run(record);
    assert.deepEqual(found, [
      {
        ruleId: 'Reverse_Shell',
        rule: { id: 'Reverse_Shell', index: 0, toolComponent: { index: 0 } },
        kind: 'fail',
        level: 'error',
        rank: 80,
        message: { text: 'Reverse shell. Hands a shell to another machine.' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'file:///home/user/project/setup.sh', index: 0 },
              region: { byteOffset: 12, byteLength: 34 },
            },
            message: { text: '$connect' },
          },
        ],
        relatedLocations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'file:///home/user/project/setup.sh', index: 0 },
              region: { byteOffset: 99, byteLength: 0 },
            },
          },
        ],
        provenance: { invocationIndex: 0 },
        properties: { severity: 'high', weight: 'malicious', matchCount: 3 },
      },
    ]);
    assert.deepEqual(tool.extensions, [
      {
        name: 'YARA-X',
        version: '1.20.0',
        properties: { engine: 'yara' },
        rules: [
          {
            id: 'Reverse_Shell',
            shortDescription: { text: 'Reverse shell' },
            fullDescription: { text: 'Hands a shell to another machine' },
            helpUri: 'https://example.org/rules/reverse%20shell?x=%5B1%5D',
            defaultConfiguration: { level: 'error' },
            properties: { severity: 'high', tags: ['shell', 'network'] },
          },
        ],
      },
    ]);
    assert.deepEqual(artifacts?.[0]?.hashes, {
      'sha-256': 'ab'.repeat(32),
      'sha-1': 'ef'.repeat(20),
      md5: 'cd'.repeat(16),
    });
  });

  it('gives a level by what a finding says', () => {
    const levels = (['malicious', 'suspicious', 'informational'] as const).map((weight) =>
      (['critical', 'medium', 'low'] as const).map(
        (severity) =>
          results(sampleRecord({ verdict: 'malicious', findings: [sampleFinding({ weight, severity })] }))[0]
            ?.level,
      ),
    );
    assert.deepEqual(levels, [
      ['error', 'error', 'error'],
      ['warning', 'warning', 'note'],
      ['none', 'none', 'none'],
    ]);
  });

  it('says the verdict where no finding does, and a pass for nothing but no threat found', () => {
    for (const verdict of [...verdicts, undefined]) {
      const record = { ...sampleRecord(), verdict };
      const [result, ...rest] = results(record);
      assert.equal(rest.length, 0);
      assert.equal(result?.ruleId, 'verdict');
      assert.equal(result.kind === 'pass', verdict === 'noThreatFound');
      assert.equal(result.kind === 'fail', verdict === 'malicious' || verdict === 'suspicious');
      assert.equal(result.level === 'none', result.kind !== 'fail');
    }
    const informational = sampleFinding({ weight: 'informational' });
    const kinds = results(sampleRecord({ verdict: 'error', findings: [informational] })).map(
      ({ kind }) => kind,
    );
    assert.deepEqual(kinds, ['informational', 'open']);
  });

  it('an engine that failed is an error of the scan, one that was not asked a note', () => {
    const engines = [...sampleRecord().engines, failedEngine];
    const { invocations } = run(sampleRecord(), sampleRecord({ id: 'two', engines, verdict: 'error' }));
    assert.equal(invocations?.[0]?.executionSuccessful, true);
    assert.equal(invocations[0].startTimeUtc, '2026-11-23T06:15:21.424Z');
    assert.equal(invocations[1]?.executionSuccessful, false);
    const told = [
      ...(invocations[1].toolExecutionNotifications ?? []),
      ...(invocations[1].toolConfigurationNotifications ?? []),
    ];
    assert.deepEqual(
      told.map(({ level, message, descriptor }) => [level, message.text, descriptor?.id]),
      [
        ['error', 'VirusTotal gave no answer, because its quota is used up (429).', 'engineFailed'],
        ['note', 'ClamAV was not asked, because it is not installed.', 'engineNotAsked'],
      ],
    );
  });

  it('leaves out an end before the start', () => {
    const { invocations } = run(sampleRecord({ finishedAt: 0 }));
    assert.equal(invocations?.[0]?.endTimeUtc, undefined);
    assert.equal(invocations?.[0]?.startTimeUtc, '2026-11-23T06:15:21.424Z');
  });

  it('names what has no address, such as a name that is too long', () => {
    const [result] = results(sampleRecord({ target: `/${'ä'.repeat(20_000)}` }));
    assert.equal(result?.locations?.[0]?.logicalLocations?.[0]?.fullyQualifiedName?.length, 20_001);
    const member = 'm'.repeat(70_000);
    const findings = [sampleFinding({ members: [member] })];
    const [found] = results(sampleRecord({ target: '/a.zip', findings, verdict: 'malicious' }));
    assert.equal(found?.locations?.[0]?.logicalLocations?.[0]?.fullyQualifiedName, `/a.zip > ${member}`);
  });

  it('a scan that did not finish is not successful', () => {
    for (const status of ['failed', 'cancelled', 'timedOut', 'stalled', 'interrupted', 'running'] as const) {
      const { invocations } = run(sampleRecord({ status, verdict: 'unknown' }));
      assert.equal(invocations?.[0]?.executionSuccessful, false);
      assert.match(invocations[0].toolExecutionNotifications?.[0]?.message.text ?? '', /not complete/);
    }
  });

  it('finds the way into folders and archives', () => {
    const record = sampleRecord({
      kind: 'folder',
      target: '/home/user/project',
      verdict: 'malicious',
      findings: [
        sampleFinding({ path: 'a b.zip', members: ['in/b.tar', '../c.sh'] }),
        sampleFinding({ path: 'a b.zip', members: ['in/b.tar'] }),
      ],
      details: {
        type: 'folder',
        files: 1,
        bytes: 1,
        unchanged: 0,
        excluded: 0,
        special: 0,
        verdicts: { malicious: 1 },
        problems: [{ path: 'locked', reason: 'unreadable' }],
      },
    });
    const { artifacts, results: found, invocations } = run(record);
    assert.deepEqual(
      artifacts?.map(({ location, parentIndex, roles }) => [location?.uri, parentIndex, roles]),
      [
        ['file:///home/user/project/', undefined, ['analysisTarget', 'directory']],
        ['file:///home/user/project/a%20b.zip', undefined, ['resultFile']],
        ['/in/b.tar', 1, ['resultFile']],
        ['/..%2Fc.sh', 2, ['resultFile']],
      ],
    );
    assert.deepEqual(
      found?.map(({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.index),
      [3, 2],
    );
    assert.equal(found[0]?.analysisTarget?.index, 0);
    const [problem] = invocations?.[0]?.toolExecutionNotifications ?? [];
    assert.equal(problem?.message.text, 'locked: It could not be read.');
    assert.equal(
      problem.locations?.[0]?.physicalLocation?.artifactLocation?.uri,
      'file:///home/user/project/locked',
    );
  });

  it('lists a file once whose names have the same address, and members of two archives twice', () => {
    const sameFile = ['p/a', 'p//a', 'p/./a'].map((path) => sampleFinding({ path }));
    const sameMember = ['x', 'x/'].map((member) => sampleFinding({ path: 'a.zip', members: [member] }));
    const findings = [
      ...sameFile,
      ...['n\ud800', 'n\udfff'].map((path) => sampleFinding({ path })),
      ...sameMember,
      sampleFinding({ path: 'b.zip', members: ['x'] }),
    ];
    const record = sampleRecord({ kind: 'folder', target: '/f', verdict: 'malicious', findings });
    const { artifacts, results: found } = run(record);
    assert.deepEqual(
      artifacts?.map(({ location, parentIndex }) => [location?.uri, parentIndex]),
      [
        ['file:///f/', undefined],
        ['file:///f/p/a', undefined],
        ['file:///f/n%EF%BF%BD', undefined],
        ['file:///f/a.zip', undefined],
        ['/x', 3],
        ['file:///f/b.zip', undefined],
        ['/x', 5],
      ],
    );
    assert.deepEqual(
      found?.map(({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.index),
      [1, 1, 1, 2, 2, 4, 4, 6],
    );
  });

  it('refers to help on the web alone', () => {
    const references = [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'command:workbench.action.quit',
      'vscode://x.y/z',
      'https://user:pass@example.org/',
      'https://example.org/rule',
    ];
    const findings = references.map((reference, index) =>
      sampleFinding({ rule: `rule-${index}`, reference }),
    );
    const { tool } = run(sampleRecord({ verdict: 'malicious', findings }));
    assert.deepEqual(
      tool.extensions?.[0]?.rules?.map(({ helpUri }) => helpUri),
      [undefined, undefined, undefined, undefined, undefined, 'https://example.org/rule'],
    );
  });

  it('keeps the same engine in two versions apart', () => {
    const [yara] = sampleRecord().engines;
    const findings = [sampleFinding()];
    const newer = [{ ...yara!, version: '2.0.0' }];
    const { tool, results: found } = run(
      sampleRecord({ findings, verdict: 'malicious' }),
      sampleRecord({ id: 'two', findings, verdict: 'malicious', engines: newer }),
      sampleRecord({ id: 'three', findings, verdict: 'malicious' }),
    );
    assert.deepEqual(
      tool.extensions?.map(({ version }) => version),
      ['1.20.0', '2.0.0'],
    );
    assert.deepEqual(
      found?.map(({ rule }) => rule?.toolComponent?.index),
      [0, 1, 0],
    );
  });

  it('a person’s judgement suppresses results and hides none', () => {
    const details = {
      ...sampleRecord().details!,
      type: 'file',
      sizeBytes: 1,
      markedSafe: 'our own tool',
    } as const;
    const [result] = results(sampleRecord({ verdict: 'malicious', findings: [sampleFinding()], details }));
    assert.deepEqual(result?.suppressions, [
      { kind: 'external', status: 'accepted', justification: 'our own tool' },
    ]);
    assert.equal(result.level, 'error');
  });

  it('takes links by their address and leaves networks out, which it says', () => {
    const url = sampleRecord({ kind: 'url', target: 'https://example.org/a b', details: undefined });
    const noUrl = sampleRecord({ id: '2', kind: 'url', target: 'example', details: undefined });
    const network = sampleRecord({ id: '3', kind: 'network', target: '10.0.0.0/8', details: undefined });
    const { results: found, properties } = run(url, noUrl, network);
    assert.deepEqual(
      found?.map(({ locations }) => locations?.[0]),
      [
        { physicalLocation: { artifactLocation: { uri: 'https://example.org/a%20b', index: 0 } } },
        { logicalLocations: [{ fullyQualifiedName: 'example' }] },
      ],
    );
    assert.equal(properties?.['omittedRecords'], 1);
    const { result } = exported(folder.file('b.sarif'), 'sarif', [url, noUrl, network]);
    assert.deepEqual([result.records, result.omitted], [2, 1]);
  });

  it('text from outside is neither a placeholder nor a link', () => {
    const title = 'See {0} and [this](https://example.org)';
    const [result] = results(sampleRecord({ verdict: 'malicious', findings: [sampleFinding({ title })] }));
    assert.equal(
      result?.message.text,
      'See {{0}} and [this] (https://example.org). Hands a shell to another machine.',
    );
  });

  for (const [name, text] of hostileTexts) {
    it(`is valid with ${name}`, () => {
      const finding = sampleFinding({ title: text, rule: text, path: text, members: [text], tags: [text] });
      for (const kind of ['file', 'folder', 'url'] as const) {
        for (const target of [text, `/${text}`]) {
          run(sampleRecord({ kind, target, summary: text, findings: [finding] }));
        }
      }
    });
  }

  it('is valid for any records', function () {
    this.timeout(20_000);
    const random = new Random(testSeed());
    for (let round = 0; round < 60; round++) {
      run(...Array.from({ length: random.below(12) }, (_, index) => randomRecord(random, index)));
    }
  });
});

/** Places in lists, which the schema cannot check. */
function assertReferences({ results, artifacts, invocations, tool }: Run): void {
  for (const { ruleId, ruleIndex, rule, locations, relatedLocations, provenance } of results ?? []) {
    const component = rule?.toolComponent;
    const owner = component === undefined ? tool.driver : tool.extensions?.[component.index ?? -1];
    assert.equal(owner?.rules?.[rule?.index ?? ruleIndex ?? -1]?.id, ruleId);
    assert.ok(invocations?.[provenance?.invocationIndex ?? -1]);
    for (const { physicalLocation } of [...(locations ?? []), ...(relatedLocations ?? [])]) {
      const place = physicalLocation?.artifactLocation;
      if (place?.index !== undefined) assert.equal(artifacts?.[place.index]?.location?.uri, place.uri);
    }
  }
  for (const [index, { parentIndex }] of (artifacts ?? []).entries()) {
    assert.ok(parentIndex === undefined || parentIndex < index);
  }
  for (const { toolExecutionNotifications = [], toolConfigurationNotifications = [] } of invocations ?? []) {
    for (const { descriptor } of [...toolExecutionNotifications, ...toolConfigurationNotifications]) {
      assert.equal(tool.driver.notifications?.[descriptor?.index ?? -1]?.id, descriptor?.id);
    }
  }
}
