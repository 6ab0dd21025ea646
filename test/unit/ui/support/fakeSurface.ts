import { Emitter } from '../../../../src/shared/event';
import type { PageSurface } from '../../../../src/ui/panel/pageSession';

/** A webview that keeps what it was sent. */
export class FakeSurface<Sent extends { readonly type: string }> implements PageSurface<Sent> {
  visible = true;
  readonly posted: Sent[] = [];
  readonly messages = new Emitter<unknown>();
  readonly visibility = new Emitter<void>();
  readonly onMessage = this.messages.event;
  readonly onVisibilityChange = this.visibility.event;
  answer: () => Promise<unknown> = () => Promise.resolve(true);

  post(message: Sent): Promise<unknown> {
    this.posted.push(message);
    return this.answer();
  }

  show(visible: boolean): void {
    this.visible = visible;
    this.visibility.fire();
  }

  get types(): string[] {
    return this.posted.map(({ type }) => type);
  }
}
