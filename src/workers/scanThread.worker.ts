import { parentPort, workerData } from 'node:worker_threads';
import { compileRules } from '../services/scan/rules/compileRules';
import { isYaraCode, loadYara } from '../services/scan/rules/yaraModule';
import { Examiner, type RulesOfThread } from '../services/scan/thread/examiner';
import { FileScanner } from '../services/scan/thread/fileScanner';
import { withoutRules } from '../services/scan/thread/leaveOut';
import { SentinelError } from '../shared/errors';
import { scanThreadProtocol } from '../shared/protocol/scanThread';
import { WorkControl } from './controlBlock';
import { lowerThreadPriority } from './threadPriority';
import { ThreadServer } from './threadServer';
import { ThreadSign } from './threadSign';

if (parentPort === null) throw new Error('The scan thread runs on a worker thread only.');

lowerThreadPriority();
let rules: RulesOfThread | undefined;
let files: FileScanner | undefined;

const scanner = (): FileScanner => {
  if (files === undefined) throw new SentinelError('scan.notPrepared', 'The thread has no rules yet.');
  return files;
};
const costs = (): { scanCount: number; memoryBytes: number } => ({
  scanCount: rules?.scanner.scanCount ?? 0,
  memoryBytes: rules?.scanner.memoryBytes ?? 0,
});

new ThreadServer({
  port: parentPort,
  protocol: scanThreadProtocol,
  handlers: {
    prepare: ({ sign: buffer, sources, leftOut, twoStep }) => {
      const startedMs = performance.now();
      const sign = new ThreadSign(buffer);
      const given = withoutRules(sources, new Set(leftOut));
      if (given.length === 0) {
        files = new FileScanner(new Examiner(undefined));
        return { ruleNames: [], faults: [], memoryBytes: 0, elapsedMs: performance.now() - startedMs };
      }
      const code: unknown = workerData;
      if (!isYaraCode(code)) throw new SentinelError('scan.notPrepared', 'The thread was given no YARA-X.');
      const yara = loadYara(code);
      const { scanner: compiled, faults } = compileRules(yara, given, {
        twoStep,
        beforeStep: ({ done, total }) => {
          sign.progress(done, total);
          sign.step(0);
        },
      });
      rules = {
        scanner: compiled,
        levels: new Map(given.map(({ namespace, level }) => [namespace, level])),
      };
      files = new FileScanner(new Examiner(rules));
      return {
        ruleNames: [...compiled.ruleNames],
        faults: [...faults],
        memoryBytes: compiled.memoryBytes,
        elapsedMs: performance.now() - startedMs,
      };
    },
    scanBatch: ({ control, sign, ...question }) => ({
      ...scanner().scanBatch(question, new WorkControl(control), new ThreadSign(sign)),
      costs: costs(),
    }),
    scanFile: ({ control, sign, ...question }) => ({
      ...scanner().scanFile(question, new WorkControl(control), new ThreadSign(sign)),
      costs: costs(),
    }),
  },
});
