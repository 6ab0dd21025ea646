import { Compiler, initSync, type Scanner } from '@virustotal/yara-x';
import { errorMessage, SentinelError } from '../../../shared/errors';
import { runConstructorsOnce } from './constructorsOnce';
import { readScanResult, type RuleResult } from './scanResult';

/** YARA-X, loaded into this thread. A thread has one, however often it is asked for: the library keeps it. */
export interface YaraModule {
  createCompiler(): Compiler;
  /** @throws SentinelError `rules.scanFailed` or `rules.crashed` */
  scan(scanner: Scanner, bytes: Uint8Array): readonly RuleResult[];
  /** @throws SentinelError `rules.crashed` */
  setExternal(scanner: Scanner, name: string, value: string): void;
  /** What WebAssembly has taken for itself; it gives nothing back before the end of the thread. */
  readonly memoryBytes: number;
}

/** The parts of what the library returns that are used; their types come with those of browsers. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly __wbindgen_externrefs: ReferenceTable;
}

/** What WebAssembly holds of JavaScript. */
interface ReferenceTable {
  readonly length: number;
  get(index: number): unknown;
  set(index: number, value: unknown): void;
}

/** How many calls leave something behind before it is let go of. */
const callsBetweenReleases = 64;

declare const isCode: unique symbol;
/**
 * YARA-X, compiled: a `WebAssembly.Module`. Threads that load the same one, which crosses as a message, save 35 MB and
 * 100 ms each.
 */
export interface YaraCode {
  readonly [isCode]: true;
}

/** Types of WebAssembly come with those of browsers, which this project leaves out. */
declare const WebAssembly: { readonly Module: new (wasm: Uint8Array<ArrayBuffer>) => YaraCode };

/** @param wasm the content of `yara_x_js_bg.wasm` */
export function compileYara(wasm: Uint8Array<ArrayBuffer>): YaraCode {
  return new WebAssembly.Module(runConstructorsOnce(wasm));
}

/** @returns whether it is code that another thread has compiled, and not something else that crossed as a message */
export function isYaraCode(code: unknown): code is YaraCode {
  return code instanceof WebAssembly.Module;
}

/**
 * Loads YARA-X, which takes about 100 ms where it has to be compiled. Later calls return what the first one loaded.
 * @param wasm the content of `yara_x_js_bg.wasm`, or what `compileYara` made of it
 */
export function loadYara(wasm: Uint8Array<ArrayBuffer> | YaraCode): YaraModule {
  const code = isYaraCode(wasm) ? wasm : runConstructorsOnce(wasm);
  const exports = initSync({ module: code }) as unknown as Exports;
  let calls = 0;
  const call = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      // Rules are compiled and values are text: what goes wrong now is YARA-X itself, and nobody knows in what state it is.
      throw new SentinelError('rules.crashed', `YARA-X failed: ${errorMessage(error)}`, { cause: error });
    } finally {
      calls += 1;
      if (calls % callsBetweenReleases === 0) releaseInstances(exports.__wbindgen_externrefs);
    }
  };
  return {
    createCompiler: () => new Compiler(),
    scan: (scanner, bytes) => readScanResult(call((): unknown => scanner.scan(bytes))),
    setExternal: (scanner, name, value) => {
      call(() => {
        scanner.setGlobal(name, value);
      });
    },
    get memoryBytes() {
      return exports.memory.buffer.byteLength;
    },
  };
}

/**
 * For each call, YARA-X makes an instance of the compiled rules, and never lets go of it: with 64 KiB of memory and 10
 * GB of addresses each, of which a process has 128 TB. No call leaves one that is used again.
 */
function releaseInstances(table: ReferenceTable): void {
  for (let index = 0; index < table.length; index += 1)
    if (Object.prototype.toString.call(table.get(index)) === '[object WebAssembly.Instance]')
      table.set(index, undefined);
}

/** Frees what YARA-X holds. After a crash inside of it that is impossible, and its thread is of no use any more. */
export function free(...held: readonly { free(): void }[]): void {
  for (const each of held) {
    try {
      each.free();
    } catch {
      // Memory comes back with the end of the thread.
    }
  }
}
