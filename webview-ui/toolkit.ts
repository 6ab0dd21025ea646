import { provideVSCodeDesignSystem, vsCodeButton } from '@vscode/webview-ui-toolkit';

/**
 * Defines the toolkit's elements that the panels use. The toolkit is deprecated, and some of its components break
 * a strict content security policy; this file is the only one that knows it, so that it can be replaced.
 */
export function defineToolkitElements(): void {
  provideVSCodeDesignSystem().register(vsCodeButton());
}

export type ToolkitButtonAppearance = 'primary' | 'secondary' | 'icon';

/** An undecorated toolkit button; its label and listeners are the caller's. */
export function createToolkitButton(appearance: ToolkitButtonAppearance, label: string): HTMLElement {
  const button = document.createElement('vscode-button');
  // The label comes first: an icon button that has none when its appearance is set calls itself "icon button".
  button.setAttribute('aria-label', label);
  button.setAttribute('appearance', appearance);
  return button;
}
