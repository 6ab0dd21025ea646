import { Compiler, initSync } from '@virustotal/yara-x';
import { runConstructorsOnce } from './constructorsOnce';

/** YARA-X, loaded into this thread. A thread has one, however often it is asked for: the library keeps it. */
export interface YaraModule {
  createCompiler(): Compiler;
  /** What WebAssembly has taken for itself; it gives nothing back before the end of the thread. */
  readonly memoryBytes: number;
}

/**
 * Loads YARA-X, which takes about 100 ms. Later calls return what the first one loaded.
 * @param wasm the content of `yara_x_js_bg.wasm`
 */
export function loadYara(wasm: Uint8Array<ArrayBuffer>): YaraModule {
  // Types of WebAssembly come with those of browsers, which this project leaves out.
  const { memory } = initSync({ module: runConstructorsOnce(wasm) }) as unknown as {
    readonly memory: { readonly buffer: ArrayBuffer };
  };
  return {
    createCompiler: () => new Compiler(),
    get memoryBytes() {
      return memory.buffer.byteLength;
    },
  };
}
