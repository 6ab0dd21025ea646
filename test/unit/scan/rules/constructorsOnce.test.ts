import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runConstructorsOnce } from '../../../../src/services/scan/rules/constructorsOnce';
import { yaraWasmPath } from './yara';

interface Instance {
  readonly exports: Readonly<Record<string, (() => number) | undefined>>;
}

/** Its types come with those of browsers. */
const { Module, Instance, validate } = (
  globalThis as unknown as {
    WebAssembly: {
      Module: { new (bytes: Uint8Array): object; exports(module: object): { name: string }[] };
      Instance: new (module: object) => Instance;
      readonly validate: (bytes: Uint8Array) => boolean;
    };
  }
).WebAssembly;

/** A section: its number, its length, its content. */
function section(id: number, ...content: number[]): number[] {
  return [id, content.length, ...content];
}

function exported(name: string, index: number): number[] {
  return [name.length, ...Buffer.from(name), 0, index];
}

/**
 * Function 0 counts how often it is called in global 0; functions 1 and 2 call it first, as wrappers of a "command"
 * do, and return the count.
 */
function moduleOf(secondWrapper: readonly number[]): Uint8Array<ArrayBuffer> {
  const count = [0, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0, 0x0b];
  const wrapper = [0, 0x10, 0, 0x23, 0, 0x0b];
  const bodies = [count, wrapper, secondWrapper].flatMap((body) => [body.length, ...body]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 2, 0x60, 0, 0, 0x60, 0, 1, 0x7f),
    ...section(2, 0),
    ...section(3, 3, 0, 1, 1),
    ...section(6, 1, 0x7f, 1, 0x41, 0, 0x0b),
    ...section(7, 2, ...exported('a_command_export', 1), ...exported('b_command_export', 2)),
    ...section(10, 3, ...bodies),
  ]);
}

const wrappers = moduleOf([0, 0x10, 0, 0x23, 0, 0x0b]);

function callAll(bytes: Uint8Array): (number | undefined)[] {
  const { exports } = new Instance(new Module(bytes));
  return ['a', 'b', 'a'].map((name) => exports[`${name}_command_export`]?.());
}

describe('Running the constructors of a module once', () => {
  it('does so before the first call of any function', () => {
    assert.deepEqual(callAll(wrappers), [1, 2, 3]);
    assert.deepEqual(callAll(runConstructorsOnce(wrappers)), [1, 1, 1]);
  });

  it('works on YARA-X, whose functions stay the same', () => {
    const original = readFileSync(yaraWasmPath());
    const changed = runConstructorsOnce(original);
    assert.notEqual(changed, original);
    assert.ok(validate(changed));
    const names = (bytes: Uint8Array): string[] => Module.exports(new Module(bytes)).map(({ name }) => name);
    assert.deepEqual(names(changed), names(original));
  });

  it('returns a module of another shape as it is', () => {
    const callsNothing = moduleOf([0, 0x23, 0, 0x0b]);
    const callsAnother = moduleOf([0, 0x10, 1, 0x0b]);
    assert.ok(validate(callsNothing) && validate(callsAnother));
    for (const other of [
      callsNothing,
      callsAnother,
      new Uint8Array(),
      Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    ])
      assert.equal(runConstructorsOnce(other), other);
  });

  it('never fails over a module that is cut off or damaged', () => {
    for (let length = 0; length < wrappers.length; length += 1) {
      runConstructorsOnce(wrappers.slice(0, length));
      const damaged = wrappers.slice();
      damaged[length] = 0xff;
      runConstructorsOnce(damaged);
    }
  });
});
