import { networkInterfaces } from 'node:os';
import * as vscode from 'vscode';
import { ownSubnets } from '../../services/network/target/ownSubnets';
import { parsePorts } from '../../services/network/target/portList';
import { parseTarget } from '../../services/network/target/scanTarget';
import { type NetworkProfile, networkProfiles } from '../../shared/network/networkDetails';
import { formatInteger } from '../../shared/presentation/format';
import { networkProfileText, profileLabel } from '../../shared/presentation/networkTexts';
import { plainText } from '../../shared/presentation/plainText';
import { portsRefusalText, refusalText } from './networkTexts';

interface TargetItem extends vscode.QuickPickItem {
  /** Absent for the row that says why what was typed is no target. */
  readonly target?: string;
}

/** Asks for a target: own networks are offered, and anything may be typed. @returns undefined where nobody chose */
export function askForTarget(): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const pick = vscode.window.createQuickPick<TargetItem>();
  pick.title = t('Scan Network');
  pick.placeholder = t('A host, an address, a network (192.168.1.0/24) or a range (192.168.1.10-20)');
  pick.ignoreFocusOut = true;
  const offered = offeredTargets();
  const update = (): void => {
    const typed = pick.value.trim();
    pick.items = typed === '' ? offered : [typedItem(pick.value), ...offered];
  };
  update();
  return new Promise((resolve) => {
    pick.onDidChangeValue(update);
    pick.onDidAccept(() => {
      const [active] = pick.activeItems;
      // Whoever types fast is ahead of the list: what is highlighted may be a row of before.
      const isCurrent = active !== undefined && pick.items.includes(active);
      const target = (isCurrent ? active : typedItem(pick.value)).target;
      // The row says why; the box stays for another try.
      if (target === undefined) return;
      resolve(target);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function offeredTargets(): TargetItem[] {
  const { t } = vscode.l10n;
  const networks = ownSubnets(networkInterfaces()).map(
    ({ target, interfaceName, address, addressCount }): TargetItem => ({
      target,
      label: target,
      iconPath: new vscode.ThemeIcon('radio-tower'),
      description: t('your network at {0}', plainText(interfaceName)),
      detail: t('{0} addresses; this machine is {1}', formatInteger(addressCount), address),
    }),
  );
  const own: TargetItem = {
    target: '127.0.0.1',
    label: '127.0.0.1',
    iconPath: new vscode.ThemeIcon('server'),
    description: t('this machine'),
  };
  return [...networks, own];
}

function typedItem(typed: string): TargetItem {
  const { t } = vscode.l10n;
  const parsed = parseTarget(typed);
  if (parsed.type === 'refused') {
    return {
      label: refusalText(parsed.reason, t),
      iconPath: new vscode.ThemeIcon('error'),
      alwaysShow: true,
    };
  }
  const { text, addressCount, type } = parsed.target;
  return {
    target: text,
    label: text,
    iconPath: new vscode.ThemeIcon(type === 'name' ? 'globe' : 'radio-tower'),
    description: addressCount > 1 ? t('{0} addresses', formatInteger(addressCount)) : t('one host'),
    alwaysShow: true,
  };
}

export interface ChosenProfile {
  readonly profile: NetworkProfile;
  /** Of the custom one. */
  readonly ports?: string;
}

/** @returns undefined where nobody chose */
export async function askForProfile(target: string): Promise<ChosenProfile | undefined> {
  const { t } = vscode.l10n;
  const details: Readonly<Record<NetworkProfile, string>> = {
    quick: capitalized(t(networkProfileText({ profile: 'quick' }))),
    full: capitalized(t(networkProfileText({ profile: 'full' }))),
    discovery: capitalized(t(networkProfileText({ profile: 'discovery' }))),
    custom: t('Ports that you name'),
  };
  const picked = await vscode.window.showQuickPick(
    networkProfiles.map((profile) => ({
      label: t(profileLabel(profile)),
      detail: details[profile],
      profile,
    })),
    { title: t('Scan {0}', plainText(target)), placeHolder: t('What to look at'), ignoreFocusOut: true },
  );
  if (picked?.profile !== 'custom') return picked && { profile: picked.profile };
  const ports = await vscode.window.showInputBox({
    title: t('Scan {0}', plainText(target)),
    prompt: t('TCP ports and ranges of them'),
    placeHolder: '22, 80, 443, 8000-8100',
    ignoreFocusOut: true,
    validateInput: (text) => {
      const parsed = parsePorts(text);
      return parsed.type === 'refused' ? portsRefusalText(parsed.reason, t) : undefined;
    },
  });
  return ports === undefined ? undefined : { profile: 'custom', ports };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
