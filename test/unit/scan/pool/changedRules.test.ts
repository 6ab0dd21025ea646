import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type RuleSettings, RuleStages } from '../../../../src/services/scan/pool/ruleStages';
import { ScanPool } from '../../../../src/services/scan/pool/scanPool';
import { FakeClock, settle } from '../../support/fakeClock';
import { RecordingLogger } from '../../support/recordingLogger';
import { makeRoot, removeRoot } from '../support/realScans';
import { type FakeBehaviour, FakeThread } from './fakeScanThreads';

const never = new Promise<never>(() => undefined);
const builtInAlone: RuleSettings = { builtInRules: true, ruleFolders: [], joinSmallFiles: true };

describe('the pool of threads that scan, when rules change', () => {
  let root: string;
  let pool: ScanPool;
  let stages: RuleStages;
  let behaviour: FakeBehaviour;
  let threads: FakeThread[];
  let logger: RecordingLogger;

  const own = (text: string): RuleSettings => {
    mkdirSync(path.join(root, 'own'), { recursive: true });
    writeFileSync(path.join(root, 'own/mine.yar'), text);
    return { ...builtInAlone, ruleFolders: [{ path: path.join(root, 'own'), level: 'full' }] };
  };

  beforeEach(() => {
    root = makeRoot();
    threads = [];
    behaviour = {};
    logger = new RecordingLogger();
    stages = new RuleStages(path.join(root, 'pack'));
    stages.load(builtInAlone);
    pool = new ScanPool({
      createClient: (name) => {
        const thread = new FakeThread(name, behaviour);
        threads.push(thread);
        return thread;
      },
      stages,
      clock: new FakeClock(),
      logger,
    });
  });
  afterEach(async () => {
    await pool.stop();
    removeRoot(root);
  });

  it('compiles rules that changed, large sets and small ones, without anything to scan', async () => {
    await pool.compileAll();
    assert.equal(pool.compiledSet(stages.inForce)?.ruleNames.length, 1);
    for (const length of [100, 300_000]) {
      stages.load(own('x'.repeat(length)));
      assert.equal(pool.compiledSet(stages.inForce) === undefined, length === 100);
      await pool.compileAll();
      assert.equal(stages.ownRules.state, 'inForce');
      assert.equal(pool.compiledSet(stages.inForce)?.ruleNames.length, 2);
    }
    const { length } = threads.flatMap(({ asked }) => asked);
    await pool.compileAll();
    assert.equal(threads.flatMap(({ asked }) => asked).length, length, 'what is compiled is not again');
  });

  it('leaves rules that changed again while they were compiled, and compiles what is there now', async () => {
    const texts: string[] = [];
    let compiled!: (prepared: object) => void;
    behaviour.prepare = ({ sources }) => {
      texts.push(sources.at(-1)?.text.slice(0, 3) ?? '');
      return new Promise((resolve) => {
        compiled = resolve;
      });
    };
    stages.load(own('old'.repeat(100_000)));
    pool.compileRest();
    await settle();
    stages.load(own('new'.repeat(100_001)));
    const done = pool.compileAll();
    await settle();
    assert.deepEqual(texts, ['old', 'new']);
    assert.deepEqual(threads[0]?.replaced, ['it has other rules']);
    compiled({});
    await done;
    assert.equal(stages.ownRules.state, 'inForce');
    assert.ok(pool.compiledSet(stages.inForce) !== undefined);
    assert.deepEqual(logger.of('warning'), []);
  });

  it('stops compiling a large set that is gone', async () => {
    behaviour.prepare = ({ sources }) => (sources.length > 1 ? never : Promise.resolve({}));
    stages.load(own('x'.repeat(300_000)));
    pool.compileRest();
    await settle();
    stages.load(builtInAlone);
    await pool.compileAll();
    assert.deepEqual(threads[0]?.replaced[0], 'it has other rules');
    assert.equal(pool.compileShare, undefined);
    assert.equal(pool.compiledSet(stages.inForce)?.ruleNames.length, 1);
  });
});
