import type { SecretStorage } from '../../../../src/services/secrets/keyStore';
import { Emitter } from '../../../../src/shared/event';

/** A storage for secrets that forgets; as VS Code's, it tells of changes after they were made. */
export class MemorySecrets implements SecretStorage {
  readonly values = new Map<string, string>();
  private readonly changes = new Emitter<{ readonly key: string }>();
  readonly onDidChange = this.changes.event;
  /** Thrown instead of answering. */
  failure: Error | undefined;

  get(key: string): Promise<string | undefined> {
    return this.failure === undefined ? Promise.resolve(this.values.get(key)) : Promise.reject(this.failure);
  }

  store(key: string, value: string): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.values.set(key, value);
    this.changes.fire({ key });
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.values.delete(key);
    this.changes.fire({ key });
    return Promise.resolve();
  }
}
