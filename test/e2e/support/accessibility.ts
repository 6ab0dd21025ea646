import axe, { type AxeResults } from 'axe-core';
import type { Frame } from 'playwright-core';

/** Serious and critical faults that axe finds in a webview, each with the element it found it on. */
export async function axeFaults(frame: Frame): Promise<string[]> {
  // Evaluated through the debugger, to which the page's content security policy does not apply.
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate<AxeResults>('axe.run(document)');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}
