import type { Page } from 'playwright-core';

/** Collected in the page, as plain text of its elements. */
const script = `(() => {
  const texts = (selector) =>
    [...document.querySelectorAll(selector)]
      .filter((element) => element.offsetParent !== null)
      .map((element) => (element.innerText ?? '').replace(/\\s+/g, ' ').trim().slice(0, 200));
  const input = document.querySelector('.quick-input-widget input');
  const focused = document.activeElement;
  return {
    dialogs: texts('.monaco-dialog-box'),
    notifications: texts('.notification-toast'),
    list: texts('.quick-input-title, .quick-input-list .monaco-list-row'),
    typed: input !== null && input.offsetParent !== null ? [input.value] : [],
    menu: texts('.monaco-menu .action-label'),
    tabs: texts('.part.editor .tab'),
    'side bar': texts('.part.sidebar .pane-header, .part.sidebar .monaco-list-row'),
    focus: focused === null ? [] : [focused.tagName + '.' + focused.className],
  };
})()`;

/** What a window shows, in a few lines: for those who have the words of a failed run and not its pictures. */
export async function windowState(page: Page): Promise<string> {
  const state = await page.evaluate<Readonly<Record<string, readonly string[]>>>(script);
  return Object.entries(state)
    .filter(([, texts]) => texts.length > 0)
    .map(([what, texts]) => `      ${what}: ${texts.slice(0, 20).join(' | ')}`)
    .join('\n');
}
