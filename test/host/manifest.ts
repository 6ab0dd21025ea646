import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { inRepository } from './paths';

const manifestSchema = v.object({ name: v.string(), publisher: v.string(), version: v.string() });

/** The part of the extension's package.json that the tools need. */
export async function readManifest(): Promise<v.InferOutput<typeof manifestSchema>> {
  return v.parse(manifestSchema, JSON.parse(await readFile(inRepository('package.json'), 'utf8')));
}
