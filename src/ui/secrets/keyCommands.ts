import { keyedServices, type KeyedService } from '../../services/secrets/apiKeys';
import type { KeyCheck } from '../../services/secrets/keyChecks';
import { keyProblem } from '../../services/secrets/keyFormats';
import type { KeyStore } from '../../services/secrets/keyStore';
import type { CommandHandlers } from '../commands';
import type { Notifications } from '../notifications';
import type { Translate } from '../translate';
import { keyCheckText, keyProblemText, keySourceText, serviceNames } from './keyTexts';

/** How a person is asked; `vscode.window`'s own dialogs. */
export interface KeySurface {
  pick(
    title: string,
    items: readonly {
      readonly service: KeyedService;
      readonly label: string;
      readonly description: string;
    }[],
  ): Promise<KeyedService | undefined>;
  /** What is typed is not shown. */
  input(options: {
    readonly title: string;
    readonly prompt: string;
    readonly validate: (text: string) => string | undefined;
  }): Promise<string | undefined>;
  /** A question that has to be answered. @returns whether the action was chosen */
  confirm(question: string, detail: string, action: string): Promise<boolean>;
}

export interface KeyCommandsOptions {
  readonly keys: Pick<KeyStore, 'get' | 'set' | 'remove'>;
  readonly checks: Readonly<Record<KeyedService, KeyCheck>>;
  readonly surface: KeySurface;
  readonly notifications: Pick<Notifications, 'success' | 'info' | 'warning'>;
  /** After a key was set, for whatever is still missing until the service is asked. */
  readonly onSet: (service: KeyedService) => unknown;
  readonly t: Translate;
}

/** How a person sets, checks and removes keys. Nothing is sent without a yes to what is sent. */
export class KeyCommands {
  readonly handlers: CommandHandlers;

  constructor(private readonly options: KeyCommandsOptions) {
    this.handlers = {
      'sentinel.setApiKey': (service) => this.set(service),
      'sentinel.checkApiKey': (service) => this.check(service),
      'sentinel.removeApiKey': (service) => this.remove(service),
    };
  }

  private async set(named: unknown): Promise<void> {
    const { keys, surface, notifications, t } = this.options;
    const service = serviceOf(named) ?? (await this.pick(t('Set API Key'), () => true));
    if (service === undefined) return;
    const typed = await surface.input({
      title: t('API Key of {0}', serviceNames[service]),
      prompt: `${keySourceText(service, t)} ${t('VS Code keeps it encrypted; Sentinel sends it to {0} alone.', serviceNames[service])}`,
      validate: (text) => {
        const problem = keyProblem(service, text.trim());
        return problem === undefined ? undefined : keyProblemText(problem, service, t);
      },
    });
    if (typed === undefined) return;
    await keys.set(service, typed.trim());
    if (await this.mayCheck(service)) await this.tellCheck(service, typed.trim());
    else notifications.success(t('The API key of {0} is set.', serviceNames[service]));
    await this.options.onSet(service);
  }

  private async check(named: unknown): Promise<void> {
    const { keys, notifications, t } = this.options;
    const service = serviceOf(named) ?? (await this.pick(t('Check API Key'), (isSet) => isSet));
    if (service === undefined) return;
    const key = await keys.get(service);
    if (key === undefined) notifications.info(t('There is no API key of {0}.', serviceNames[service]));
    else if (await this.mayCheck(service)) await this.tellCheck(service, key);
  }

  private async remove(named: unknown): Promise<void> {
    const { keys, surface, notifications, t } = this.options;
    const service = serviceOf(named) ?? (await this.pick(t('Remove API Key'), (isSet) => isSet));
    if (service === undefined) return;
    const name = serviceNames[service];
    const isSure = await surface.confirm(
      t('Remove the API key of {0}?', name),
      t('{0} will not be asked any more.', name),
      t('Remove'),
    );
    if (!isSure) return;
    const there = await keys.remove(service);
    notifications.info(
      there ? t('The API key of {0} is removed.', name) : t('There is no API key of {0}.', name),
    );
  }

  private mayCheck(service: KeyedService): Promise<boolean> {
    const { surface, t } = this.options;
    const name = serviceNames[service];
    return surface.confirm(
      t('Ask {0} whether it takes the API key?', name),
      t('Only the API key leaves this machine.'),
      t('Check Key'),
    );
  }

  private async tellCheck(service: KeyedService, key: string): Promise<void> {
    const { checks, notifications, t } = this.options;
    const result = await checks[service](key, new AbortController().signal);
    const text = keyCheckText(service, result, t);
    if (result.type === 'valid') notifications.success(text);
    else notifications.warning(text);
  }

  /** @returns undefined as well where there is none to choose from, which is said */
  private async pick(title: string, fits: (isSet: boolean) => boolean): Promise<KeyedService | undefined> {
    const { keys, surface, notifications, t } = this.options;
    const items = [];
    for (const service of keyedServices) {
      const isSet = (await keys.get(service)) !== undefined;
      const description = isSet ? t('set') : t('not set');
      if (fits(isSet)) items.push({ service, label: serviceNames[service], description });
    }
    if (items.length === 0) {
      notifications.info(t('No API key is set.'));
      return undefined;
    }
    return surface.pick(title, items);
  }
}

function serviceOf(named: unknown): KeyedService | undefined {
  return keyedServices.find((service) => service === named);
}
