/**
 * YARA-X for WebAssembly is linked as a "command", each of whose exported functions first runs all constructors of the
 * library: some hundred calls, which find that there is nothing left to do. One scan calls such functions a thousand
 * times (for each piece of memory, each text that it hands over), which costs ten times as much as the scan of a small
 * file itself. Here the module learns to run them once: a new global variable remembers that they ran.
 *
 * @returns the changed module, or the given one if it is of another shape than expected, which is slow and right
 */
export function runConstructorsOnce(wasm: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  try {
    return withGuard(wasm);
  } catch (error) {
    if (error instanceof UnexpectedShape) return wasm;
    throw error;
  }
}

class UnexpectedShape extends Error {}

/** Numbers of the binary format: https://webassembly.github.io/spec/core/binary/. */
const sectionIds = { import: 2, global: 6, export: 7, code: 10 };
const externalKinds = { function: 0, table: 1, memory: 2, global: 3 };
const opcodes = {
  if: 0x04,
  end: 0x0b,
  return: 0x0f,
  call: 0x10,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
};
const typeI32 = 0x7f;
const emptyBlock = 0x40;
const mutable = 1;
const headerBytes = 8;

interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

function withGuard(wasm: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const sections = readSections(wasm);
  const imported = countImports(contentOf(sections, sectionIds.import));
  const bodies = readBodies(contentOf(sections, sectionIds.code));
  const exported = readCommandExports(contentOf(sections, sectionIds.export));
  const constructors =
    firstCallOfAll(exported.map((index) => bodies[index - imported.functions])) - imported.functions;
  const body = bodies[constructors];
  // Its first byte tells how many kinds of local variables there are.
  if (body?.[0] !== 0) throw new UnexpectedShape();

  const globals = contentOf(sections, sectionIds.global);
  const globalCount = new Reader(globals).unsigned();
  const flag = unsigned(imported.globals + globalCount);
  bodies[constructors] = joined([
    [0, opcodes.globalGet, ...flag, opcodes.if, emptyBlock, opcodes.return, opcodes.end],
    [opcodes.i32Const, 1, opcodes.globalSet, ...flag],
    body.subarray(1),
  ]);
  const changed = new Map([
    [
      sectionIds.code,
      joined([unsigned(bodies.length), ...bodies.flatMap((each) => [unsigned(each.length), each])]),
    ],
    [
      sectionIds.global,
      joined([
        unsigned(globalCount + 1),
        globals.subarray(unsigned(globalCount).length),
        [typeI32, mutable, opcodes.i32Const, 0, opcodes.end],
      ]),
    ],
  ]);
  return joined([
    wasm.subarray(0, headerBytes),
    ...sections.flatMap(({ id, content }) => {
      const written = changed.get(id) ?? content;
      return [[id], unsigned(written.length), written];
    }),
  ]);
}

function readSections(wasm: Uint8Array): readonly Section[] {
  const reader = new Reader(wasm, headerBytes);
  const sections: Section[] = [];
  while (!reader.atEnd) sections.push({ id: reader.byte(), content: reader.sized() });
  return sections;
}

function contentOf(sections: readonly Section[], id: number): Uint8Array {
  const found = sections.find((section) => section.id === id);
  if (found === undefined) throw new UnexpectedShape();
  return found.content;
}

/** Functions and globals are numbered with those that are imported first. */
function countImports(content: Uint8Array): { readonly functions: number; readonly globals: number } {
  const reader = new Reader(content);
  const counted = { functions: 0, globals: 0 };
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    reader.sized();
    reader.sized();
    const kind = reader.byte();
    if (kind === externalKinds.function) {
      reader.unsigned();
      counted.functions += 1;
    } else if (kind === externalKinds.global) {
      reader.byte();
      reader.byte();
      counted.globals += 1;
    } else {
      // Memory or a table from outside would have to be read in a way of its own.
      throw new UnexpectedShape();
    }
  }
  return counted;
}

function readBodies(content: Uint8Array): Uint8Array[] {
  const reader = new Reader(content);
  return Array.from({ length: reader.unsigned() }, () => reader.sized());
}

/** @returns the indices of functions that are nothing but wrappers of this kind */
function readCommandExports(content: Uint8Array): readonly number[] {
  const reader = new Reader(content);
  const indices: number[] = [];
  for (let left = reader.unsigned(); left > 0; left -= 1) {
    const name = Buffer.from(reader.sized()).toString('utf8');
    const kind = reader.byte();
    const index = reader.unsigned();
    if (kind === externalKinds.function && name.endsWith('_command_export')) indices.push(index);
  }
  return indices;
}

/** @returns the function that each of them calls before anything else */
function firstCallOfAll(bodies: readonly (Uint8Array | undefined)[]): number {
  const callees = new Set(
    bodies.map((body) => {
      if (body === undefined) throw new UnexpectedShape();
      const reader = new Reader(body);
      for (let left = reader.unsigned(); left > 0; left -= 1) {
        reader.unsigned();
        reader.byte();
      }
      if (reader.byte() !== opcodes.call) throw new UnexpectedShape();
      return reader.unsigned();
    }),
  );
  const [callee] = callees;
  if (callee === undefined || callees.size !== 1 || bodies.length < 2) throw new UnexpectedShape();
  return callee;
}

class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    private position = 0,
  ) {}

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  byte(): number {
    const byte = this.bytes[this.position++];
    if (byte === undefined) throw new UnexpectedShape();
    return byte;
  }

  /** A number in LEB128. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new UnexpectedShape();
  }

  /** Bytes that their number stands before. */
  sized(): Uint8Array {
    const length = this.unsigned();
    const start = this.position;
    this.position += length;
    if (this.position > this.bytes.length) throw new UnexpectedShape();
    return this.bytes.subarray(start, this.position);
  }
}

/** A number in LEB128. */
function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

function joined(parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    result.set(part, position);
    position += part.length;
  }
  return result;
}
