import { type Disposable, DisposableStore } from '../../shared/disposable';
import { errorMessage } from '../../shared/errors';
import type { Event } from '../../shared/event';
import type { Logger } from '../../shared/logger';
import type { PageMessage, MessageParser } from '../../shared/protocol/page';

/** A webview as a session needs it; VS Code's view and its editor panel differ only in names. */
export interface PageSurface<Sent> {
  readonly visible: boolean;
  readonly onVisibilityChange: Event<void>;
  readonly onMessage: Event<unknown>;
  post(message: Sent): PromiseLike<unknown>;
}

/** What one kind of page says and is told. */
export interface PageDialogue<Sent, Received> {
  /** In the log, such as `live panel`. */
  readonly name: string;
  readonly parse: MessageParser<PageMessage | Received>;
  /** Everything that the page shows; undefined while there is nothing to show yet. */
  hydration(): Sent | undefined;
  /** Does what the page asks. */
  obey(message: Received): void;
  /** Told at the start and on each change, before the page gets its content. */
  visibilityChanged?(visible: boolean): void;
}

/** A page that sends nonsense in a loop must not fill the log. */
const maxComplaints = 20;

/**
 * The conversation with one open page. While the page is hidden, nothing is sent; when it is shown or its document
 * is loaded anew, it gets everything at once.
 */
export class PageSession<Sent, Received extends { readonly type: string }> implements Disposable {
  private readonly subscriptions = new DisposableStore();
  /** Whether the document listens; it is thrown away when the page is hidden and says `ready` after each load. */
  private documentReady = false;
  private complaints = 0;

  constructor(
    private readonly surface: PageSurface<Sent>,
    private readonly dialogue: PageDialogue<Sent, Received>,
    private readonly logger: Logger,
  ) {
    this.subscriptions.add(
      surface.onMessage((raw) => {
        this.receive(raw);
      }),
    );
    this.subscriptions.add(
      surface.onVisibilityChange(() => {
        this.followVisibility();
      }),
    );
    this.followVisibility();
  }

  /** Sends what changed, if somebody is there to see it. */
  send(message: Sent): void {
    if (!this.documentReady || !this.surface.visible || this.subscriptions.isDisposed) return;
    // A page that is closed at this moment refuses the message; there is nobody left to miss it.
    this.surface.post(message).then(undefined, (error: unknown) => {
      this.logger.debug(`The ${this.dialogue.name} did not take a message: ${errorMessage(error)}`);
    });
  }

  /** Sends everything anew. */
  hydrate(): void {
    const content = this.dialogue.hydration();
    if (content !== undefined) this.send(content);
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private followVisibility(): void {
    const { visible } = this.surface;
    if (!visible) this.documentReady = false;
    this.dialogue.visibilityChanged?.(visible);
    // A document that was ready before it counted as visible gets its content now.
    if (visible) this.hydrate();
  }

  private receive(raw: unknown): void {
    const { name, parse } = this.dialogue;
    const parsed = parse(raw);
    if ('problem' in parsed) this.complain(`A message from the ${name} was refused: ${parsed.problem}`);
    else if (!isPageMessage(parsed.message)) this.dialogue.obey(parsed.message);
    else if (parsed.message.type === 'fault')
      this.complain(`The ${name} reports a fault: ${parsed.message.message}`);
    else {
      this.documentReady = true;
      this.hydrate();
    }
  }

  private complain(text: string): void {
    this.complaints += 1;
    if (this.complaints > maxComplaints) return;
    this.logger.warning(text);
    if (this.complaints === maxComplaints) {
      this.logger.warning('Further faults and refused messages of this panel are not logged.');
    }
  }
}

function isPageMessage(message: { readonly type: string }): message is PageMessage {
  return message.type === 'ready' || message.type === 'fault';
}
