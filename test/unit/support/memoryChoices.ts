import type { Choices } from '../../../src/ui/panel/metricsPanelModel';

/** Keeps choices as a `vscode.Memento` does, for as long as the test runs. */
export class MemoryChoices implements Choices {
  private readonly kept = new Map<string, unknown>();

  get(key: string): unknown {
    return this.kept.get(key);
  }

  update(key: string, value: unknown): Promise<void> {
    this.kept.set(key, value);
    return Promise.resolve();
  }
}
