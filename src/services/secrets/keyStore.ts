import { type Disposable, DisposableStore } from '../../shared/disposable';
import { errorMessage, SentinelError } from '../../shared/errors';
import { Emitter } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import type { Redactor } from '../logging/redactor';
import { type ApiKeys, keyedServices, type KeyedService } from './apiKeys';
import { keyProblem } from './keyFormats';

/** Where an editor keeps secrets, encrypted by the system; structurally a `vscode.SecretStorage`. */
export interface SecretStorage {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
  /** Also tells of other windows. */
  readonly onDidChange: (listener: (event: { readonly key: string }) => unknown) => Disposable;
}

export interface KeyStoreOptions {
  readonly storage: SecretStorage;
  readonly redactor: Pick<Redactor, 'register'>;
  readonly logger: Logger;
}

const prefix = 'sentinel.key.';

/** Keys in the editor's storage for secrets. The log knows each of them only to leave it out. */
export class KeyStore implements ApiKeys, Disposable {
  private readonly store = new DisposableStore();
  private readonly changes = this.store.add(new Emitter<KeyedService>());
  /** A key that was replaced may still be in an error that is about to be logged: all stay until the end. */
  private readonly registered = new Set<string>();
  readonly onChanged = this.changes.event;

  constructor(private readonly options: KeyStoreOptions) {
    this.store.add(
      options.storage.onDidChange(({ key }) => {
        const service = keyedServices.find((name) => key === prefix + name);
        if (service !== undefined) this.changes.fire(service);
      }),
    );
  }

  /** Where the storage cannot be read, as without a keyring, there is no key; the log says so. */
  async get(service: KeyedService): Promise<string | undefined> {
    let key: string | undefined;
    try {
      key = await this.options.storage.get(prefix + service);
    } catch (error) {
      this.options.logger.warning(`The key of ${service} cannot be read: ${errorMessage(error)}`);
      return undefined;
    }
    if (key === undefined) return undefined;
    this.protect(key);
    return keyProblem(service, key) === undefined ? key : undefined;
  }

  /**
   * Keeps a key instead of the one there was.
   * @throws SentinelError `secrets.badKey` where it has not the form of one; what the storage throws
   */
  async set(service: KeyedService, key: string): Promise<void> {
    // Even what is no key of this service may be one of another.
    this.protect(key);
    if (keyProblem(service, key) !== undefined) {
      throw new SentinelError('secrets.badKey', `That is no key of ${service}.`);
    }
    await this.options.storage.store(prefix + service, key);
    this.options.logger.info(`The key of ${service} was set.`);
  }

  /** @returns whether there was one */
  async remove(service: KeyedService): Promise<boolean> {
    const { storage, logger } = this.options;
    const there = (await storage.get(prefix + service)) !== undefined;
    if (!there) return false;
    await storage.delete(prefix + service);
    logger.info(`The key of ${service} was removed.`);
    return true;
  }

  dispose(): void {
    this.store.dispose();
  }

  private protect(key: string): void {
    if (this.registered.has(key)) return;
    this.registered.add(key);
    this.store.add(this.options.redactor.register(key));
  }
}
