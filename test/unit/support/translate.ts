import type { Translate } from '../../../src/ui/translate';

/** What VS Code does for people who speak English. */
export const english: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)]));
