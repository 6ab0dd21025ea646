import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MachineFolder } from './gpuFixtures';
import { isAlive } from '../../../support/isAlive';

/** What the stand-in does; read anew for each round, so that a test can change it while it runs. */
export interface NvidiaScenario {
  /** Cards by field; what is left out is `[N/A]`. */
  cards?: readonly Readonly<Record<string, string>>[];
  /** Rows of the table of processes. */
  apps?: readonly string[];
  /** Fields that this driver does not know. */
  unknownFields?: readonly string[];
  /** Prints this and ends. */
  fail?: { readonly text: string; readonly code: number };
  /** Prints nothing and goes on running. */
  silent?: boolean;
  /** Milliseconds between rounds, whatever was asked for. */
  everyMs?: number;
}

const units: Record<string, string> = {
  'utilization.gpu': ' [%]',
  'memory.used': ' [MiB]',
  'memory.total': ' [MiB]',
  'power.draw': ' [W]',
  used_gpu_memory: ' [MiB]',
};

const source = `
const fs = require('node:fs');
const units = ${JSON.stringify(units)};
const folder = __dirname;
const scenario = () => JSON.parse(fs.readFileSync(folder + '/scenario.json', 'utf8'));
const argument = (name) => process.argv.find((a) => a.startsWith('--' + name + '='))?.slice(name.length + 3);
fs.appendFileSync(folder + '/starts.log', process.pid + ' ' + process.argv.slice(2).join(' ') + '\\n');
const fields = (argument('query-gpu') ?? argument('query-compute-apps')).split(',');
const isApps = argument('query-compute-apps') !== undefined;
const { unknownFields = [], fail, silent, everyMs } = scenario();
const unknown = fields.find((field) => unknownFields.includes(field));
if (unknown) {
  console.log('Field "' + unknown + '" is not a valid field to query.\\n');
  process.exitCode = 2;
} else if (fail) {
  console.log(fail.text);
  process.exitCode = fail.code;
} else {
  if (!silent) console.log(fields.map((field) => field + (units[field] ?? '')).join(', '));
  const round = () => {
    const { cards = [], apps = [], fail, silent } = scenario();
    if (fail) {
      console.log(fail.text);
      process.exit(fail.code);
    }
    if (silent) return;
    if (isApps) for (const row of apps) console.log(row);
    else
      for (const card of cards) {
        console.log(fields.map((field) => card[field] ?? (field === 'count' ? cards.length : '[N/A]')).join(', '));
      }
  };
  round();
  setInterval(round, everyMs ?? Number(argument('loop-ms')));
}
process.stdout.on('error', () => process.exit(0));
`;

/** A program that answers like `nvidia-smi`, in a folder of a machine. */
export class NvidiaSmiStandIn {
  readonly path: string;
  private readonly folder: string;

  constructor(machine: MachineFolder, scenario: NvidiaScenario) {
    this.folder = machine.root;
    this.path = path.join(this.folder, 'nvidia-smi');
    this.play(scenario);
    writeFileSync(path.join(this.folder, 'starts.log'), '');
    // Its folder has no package.json, so that the script without an ending is CommonJS.
    writeFileSync(this.path, `#!${process.execPath}\n${source}`);
    chmodSync(this.path, 0o755);
  }

  play(scenario: NvidiaScenario): void {
    const file = path.join(this.folder, 'scenario.json');
    // Renamed, so that the stand-in never reads half of it.
    writeFileSync(`${file}.new`, JSON.stringify({ everyMs: 40, ...scenario }));
    renameSync(`${file}.new`, file);
  }

  /** Each start so far: process id and arguments. */
  get starts(): { readonly pid: number; readonly args: string }[] {
    const log = readFileSync(path.join(this.folder, 'starts.log'), 'utf8').trim();
    if (log === '') return [];
    return log.split('\n').map((line) => {
      const [pid = '', ...args] = line.split(' ');
      return { pid: Number(pid), args: args.join(' ') };
    });
  }

  get alive(): number[] {
    return this.starts.map(({ pid }) => pid).filter(isAlive);
  }
}
