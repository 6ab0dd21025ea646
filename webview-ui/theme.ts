import type { Disposable } from '../src/shared/disposable';
import { Emitter } from '../src/shared/event';

/** A metric's own colour: the name of a custom property that live.css derives from the theme. */
export type Accent = 'cpu' | 'memory' | 'gpu' | 'network' | 'disk';

/**
 * The theme as a canvas needs it: resolved colours. Anything styled by CSS follows the theme by itself; what is
 * painted on a canvas has to be told.
 */
export class Theme implements Disposable {
  private readonly changed = new Emitter<void>();
  private readonly observer: MutationObserver;
  private style = getComputedStyle(document.body);

  /** Fires after the colours changed. */
  readonly onChange = this.changed.event;

  constructor() {
    this.observer = new MutationObserver(() => {
      this.style = getComputedStyle(document.body);
      this.changed.fire();
    });
    // The kind of theme is a class of the body; a customised colour changes only the root's properties.
    this.observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    this.observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  }

  accent(name: Accent): string {
    return this.property(`--accent-${name}`);
  }

  get gridLine(): string {
    return this.property('--grid-line');
  }

  get isHighContrast(): boolean {
    const { classList } = document.body;
    return classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light');
  }

  dispose(): void {
    this.observer.disconnect();
    this.changed.dispose();
  }

  private property(name: string): string {
    return this.style.getPropertyValue(name).trim() || this.style.color;
  }
}
