import type { Clock } from '../shared/clock';
import type { Disposable } from '../shared/disposable';
import type { Logger } from '../shared/logger';
import type { Translate } from './translate';

export type Severity = 'success' | 'info' | 'warning' | 'error';

/** `important` leaves out what only confirms or informs. */
export const notificationLevels = ['all', 'important', 'none'] as const;
export type NotificationLevel = (typeof notificationLevels)[number];

/** A button of a notification. Merged notifications keep the buttons, the same objects, that all of them have. */
export interface NotificationAction {
  readonly label: string;
  readonly run: () => unknown;
}

/** The part of `vscode.window` that shows toasts. */
export interface MessageWindow {
  showInformationMessage(message: string, ...labels: string[]): PromiseLike<string | undefined>;
  showWarningMessage(message: string, ...labels: string[]): PromiseLike<string | undefined>;
  showErrorMessage(message: string, ...labels: string[]): PromiseLike<string | undefined>;
}

export interface NotificationsOptions {
  readonly window: MessageWindow;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly t: Translate;
  readonly level: NotificationLevel;
  /** Opens the log. */
  readonly showLog: () => unknown;
}

interface Notification {
  readonly severity: Severity;
  readonly message: string;
  readonly actions: readonly NotificationAction[];
}

interface Burst {
  readonly firstMessage: string;
  readonly waiting: Notification[];
  readonly timer: Disposable;
}

/** What comes this soon after a notification of its severity is gathered into one. */
const burstMs = 2_000;
/** A toast has room for so many sentences. */
const mergedSentences = 3;

/**
 * The one place that shows toasts: by the user's choice of level, and at most one of a severity within two
 * seconds. What is left out is in the log.
 */
export class Notifications implements Disposable {
  /** For errors: what happened stands in the log. */
  readonly showLogAction: NotificationAction;
  private readonly bursts = new Map<Severity, Burst>();
  private level: NotificationLevel;
  private disposed = false;

  constructor(private readonly options: NotificationsOptions) {
    this.level = options.level;
    this.showLogAction = { label: options.t('Show Log'), run: options.showLog };
  }

  configure(level: NotificationLevel): void {
    this.level = level;
  }

  /** Whether the user wants to see notifications of this severity. */
  shows(severity: Severity): boolean {
    switch (this.level) {
      case 'all':
        return true;
      case 'important':
        return severity === 'warning' || severity === 'error';
      case 'none':
        return false;
    }
  }

  success(message: string, ...actions: readonly NotificationAction[]): void {
    this.notify({ severity: 'success', message, actions });
  }

  info(message: string, ...actions: readonly NotificationAction[]): void {
    this.notify({ severity: 'info', message, actions });
  }

  warning(message: string, ...actions: readonly NotificationAction[]): void {
    this.notify({ severity: 'warning', message, actions });
  }

  error(message: string, ...actions: readonly NotificationAction[]): void {
    this.notify({ severity: 'error', message, actions });
  }

  /** An error with a button that opens Sentinel's log. */
  offerLog(message: string): void {
    this.error(message, this.showLogAction);
  }

  /** Drops what waits to be shown. */
  dispose(): void {
    this.disposed = true;
    for (const { timer } of this.bursts.values()) timer.dispose();
    this.bursts.clear();
  }

  private notify(notification: Notification): void {
    if (this.disposed) return;
    const { severity, message } = notification;
    if (!this.shows(severity)) {
      this.options.logger.info(`Not shown, by the notification level "${this.level}": ${message}`);
      return;
    }
    const burst = this.bursts.get(severity);
    if (burst === undefined) this.begin(notification);
    else if (message !== burst.firstMessage) burst.waiting.push(notification);
  }

  private begin(notification: Notification): void {
    const { severity, message } = notification;
    const timer = this.options.clock.setTimeout(() => {
      this.end(severity);
    }, burstMs);
    this.bursts.set(severity, { firstMessage: message, waiting: [], timer });
    void this.show(notification);
  }

  private end(severity: Severity): void {
    const waiting = this.bursts.get(severity)?.waiting ?? [];
    this.bursts.delete(severity);
    const merged = this.merge(waiting);
    if (merged !== undefined && this.shows(severity)) this.begin(merged);
  }

  private merge(notifications: readonly Notification[]): Notification | undefined {
    const distinct = [...new Map(notifications.map((each) => [each.message, each])).values()];
    const [first] = distinct;
    if (first === undefined || distinct.length === 1) return first;
    const { t } = this.options;
    const rest = distinct.length - mergedSentences;
    const sentences = distinct.slice(0, mergedSentences).map(({ message }) => message);
    return {
      severity: first.severity,
      message: rest > 0 ? t('{0} And {1} more.', sentences.join(' '), rest) : sentences.join(' '),
      actions: first.actions.filter((action) => distinct.every(({ actions }) => actions.includes(action))),
    };
  }

  /** Never rejects. */
  private async show({ severity, message, actions }: Notification): Promise<void> {
    const { logger } = this.options;
    try {
      const label = await this.showMessage(
        severity,
        message,
        actions.map((action) => action.label),
      );
      await actions.find((action) => action.label === label)?.run();
    } catch (error) {
      logger.error(`What a notification offered failed: ${message}`, error);
    }
  }

  private showMessage(
    severity: Severity,
    message: string,
    labels: readonly string[],
  ): PromiseLike<string | undefined> {
    const { window } = this.options;
    switch (severity) {
      case 'success':
      case 'info':
        return window.showInformationMessage(message, ...labels);
      case 'warning':
        return window.showWarningMessage(message, ...labels);
      case 'error':
        return window.showErrorMessage(message, ...labels);
    }
  }
}
