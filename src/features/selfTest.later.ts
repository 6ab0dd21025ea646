import * as vscode from 'vscode';
import type { FileEngine } from '../services/scan/fileEngine';
import type { Scans } from '../services/scan/scans';
import { SelfTest, type SelfTestResult } from '../services/selfTest/selfTest';
import { DateTexts } from '../ui/dateTexts';
import { selfTestDocument, selfTestSummary } from '../ui/selfTest/selfTestDocument';
import type { FeatureHost } from './feature';

/** @returns what came of it, in few words and in whole; undefined when it was cancelled */
export async function runSelfTest(
  { tasks, clock }: Pick<FeatureHost, 'tasks' | 'clock'>,
  scans: Scans,
  engines: readonly FileEngine[],
): Promise<{ readonly result: SelfTestResult; readonly summary: string; readonly text: string } | undefined> {
  const { t } = vscode.l10n;
  const title = t('Self-test of engines');
  const result = await new SelfTest({ scans, engines, supervisor: tasks, clock, title }).run();
  if (result === undefined) return undefined;
  const text = selfTestDocument(result, new DateTexts(vscode.env.language), t);
  return { result, summary: selfTestSummary(result, t), text };
}
