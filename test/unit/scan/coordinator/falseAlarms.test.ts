import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ScanResult } from '../../../../src/shared/protocol/scanWorker';
import { inRepository } from '../../../host/paths';
import { skip } from '../../../support/skip';
import { eicar } from '../support/eicar';
import { buildScanThreads, makeRoot, RealScans, removeRoot, scanBundle } from '../support/realScans';

/** Of what people use every day, not more than one file in so many may look suspicious. */
const filesASuspicion = 1_000;

describe('the built-in rules on what is on this machine', function () {
  this.timeout(600_000);
  let root: string;
  let scans: RealScans;

  before(async () => {
    await buildScanThreads();
    root = makeRoot();
    scans = new RealScans(root, { packFolder: inRepository('src', 'services', 'scan', 'rules', 'pack') });
  });
  after(async () => {
    await scans.stop();
    removeRoot(root);
    scanBundle.remove();
  });

  const assertQuiet = ({ verdict, details, findings }: ScanResult): void => {
    assert.ok(details?.type === 'folder');
    const { files, verdicts } = details;
    const alarms = findings.filter(({ weight }) => weight !== 'informational');
    const names = alarms.map(({ rule, path: file, members = [] }) => [rule, file, ...members].join(' '));
    console.log(`      ${files} files: ${JSON.stringify(verdicts)} ${names.join(', ')}`);
    assert.ok(files > 100, `only ${files} files`);
    assert.equal(verdicts.malicious, undefined, names.join('\n'));
    assert.notEqual(verdict, 'malicious');
    assert.ok((verdicts.suspicious ?? 0) <= files / filesASuspicion, names.join('\n'));
  };

  it('take no package that this project is built with for malicious, and hardly one for suspicious', async () => {
    assertQuiet(await scans.scan(inRepository('node_modules')));
  });

  it('take no program of the system for malicious, and hardly one for suspicious', async function () {
    if (!existsSync('/usr/bin')) skip(this, 'this system has no /usr/bin');
    assertQuiet(await scans.scan('/usr/bin'));
  });

  it('still find what they are there for', async () => {
    const file = path.join(root, 'files', 'harmless.txt');
    writeFileSync(file, eicar());
    assert.equal((await scans.scan(file)).verdict, 'malicious');
  });
});
