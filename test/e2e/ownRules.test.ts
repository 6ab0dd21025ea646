import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { currentSession } from './support/session';
import { until } from './support/until';
import { useWorkbench } from './support/useWorkbench';

const good = 'rule good { strings: $a = "nothing has this" condition: $a }\n';
const faulty = 'rule faulty {\n  condition: nonsense\n}\n';

describe("a person's own rules", function () {
  const settings: Record<string, unknown> = {};
  const inWorkspace = (name: string): string => path.join(currentSession().workspace, name);
  const rule = (name: string): string => inWorkspace(`rules/${name}`);

  before(() => {
    mkdirSync(inWorkspace('rules'));
    writeFileSync(rule('mine.yar'), faulty);
    settings['sentinel.scan.ruleFolders'] = [{ path: inWorkspace('rules') }];
  });
  const workbench = useWorkbench({ settings });
  after(() => {
    rmSync(inWorkspace('rules'), { recursive: true, force: true });
  });

  const problems = (text: string | RegExp): Locator =>
    workbench().page.locator('.markers-panel .monaco-list-row').filter({ hasText: text });
  const gone = (text: string): Promise<unknown> =>
    until(`no more "${text}"`, async () => (await problems(text).count()) === 0, 20_000);

  it('are named where they are faulty, once something has been scanned', async () => {
    await workbench().runCommand('Sentinel: Scan Workspace for Threats');
    await workbench().runCommand('Problems: Focus on Problems View');
    await problems('These rules are not in force').first().waitFor({ timeout: 60_000 });
    await problems('mine.yar').first().waitFor();
  });

  it('are looked at again when they change, come and go, without another scan', async () => {
    writeFileSync(rule('mine.yar'), good);
    await gone('These rules are not in force');
    mkdirSync(rule('below'));
    writeFileSync(rule('below/other.yar'), faulty);
    await problems('other.yar').first().waitFor({ timeout: 20_000 });
    rmSync(rule('below'), { recursive: true });
    await gone('These rules are not in force');
  });

  it('are looked at again when the setting names others', async () => {
    mkdirSync(inWorkspace('rules/others'));
    writeFileSync(rule('others/third.yara'), faulty);
    await problems('third.yara').first().waitFor({ timeout: 20_000 });
    await workbench().writeSettings({ 'sentinel.scan.ruleFolders': [] });
    await gone('These rules are not in force');
  });
});
