import type { PageMessage } from '../src/shared/protocol/page';

type SendFault = (message: Extract<PageMessage, { type: 'fault' }>) => void;

/** A page that fails on every tick must not fill the log: the first faults tell what there is to tell. */
const maxFaults = 10;
const maxLength = 4_000;

/** Tells the host of errors that nothing caught and of violations of the content security policy. */
export class FaultReporter {
  private reported = 0;

  constructor(private readonly send: SendFault) {}

  listen(): void {
    window.addEventListener('error', ({ error, message }) => {
      this.report(error instanceof Error ? (error.stack ?? error.message) : message);
    });
    window.addEventListener('unhandledrejection', ({ reason }) => {
      this.report(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
    });
    document.addEventListener(
      'securitypolicyviolation',
      ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
        this.report(
          `content security policy: ${violatedDirective} blocked ${blockedURI} (${sourceFile}:${lineNumber})`,
        );
      },
    );
  }

  report(message: string): void {
    if (this.reported >= maxFaults) return;
    this.reported += 1;
    this.send({ type: 'fault', message: message.slice(0, maxLength) });
  }
}
