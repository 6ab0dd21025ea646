/** A theme as VS Code hands it to a webview: a class of the body, and properties of the root. */
export interface PanelTheme {
  readonly bodyClass: string;
  readonly colors: Readonly<Record<string, string>>;
}

function theme(bodyClass: string, colors: Readonly<Record<string, string>>): PanelTheme {
  return { bodyClass, colors };
}

/** The colours of VS Code's own four themes that the panel uses. */
export const panelThemes: Readonly<Record<string, PanelTheme>> = {
  dark: theme('vscode-dark', {
    foreground: '#cccccc',
    descriptionForeground: '#9d9d9d',
    'editor-background': '#1f1f1f',
    'sideBar-background': '#181818',
    'widget-border': '#313131',
    focusBorder: '#0078d4',
    errorForeground: '#f85149',
    'editorWarning-foreground': '#cca700',
    'charts-blue': '#3794ff',
    'charts-purple': '#b180d7',
    'charts-green': '#89d185',
    'charts-orange': '#d18616',
    'terminal-ansiCyan': '#11a8cd',
    'button-secondaryBackground': '#313131',
    'button-secondaryForeground': '#cccccc',
  }),
  light: theme('vscode-light', {
    foreground: '#3b3b3b',
    descriptionForeground: '#3b3b3b',
    'editor-background': '#ffffff',
    'sideBar-background': '#f8f8f8',
    'widget-border': '#e5e5e5',
    focusBorder: '#005fb8',
    errorForeground: '#f85149',
    'editorWarning-foreground': '#bf8803',
    'charts-blue': '#1a85ff',
    'charts-purple': '#652d90',
    'charts-green': '#388a34',
    'charts-orange': '#d18616',
    'terminal-ansiCyan': '#0598bc',
    'button-secondaryBackground': '#e5e5e5',
    'button-secondaryForeground': '#3b3b3b',
  }),
  'high contrast dark': theme('vscode-high-contrast', {
    foreground: '#ffffff',
    descriptionForeground: '#ffffffb3',
    'editor-background': '#000000',
    'sideBar-background': '#000000',
    contrastBorder: '#6fc3df',
    contrastActiveBorder: '#f38518',
    focusBorder: '#f38518',
    errorForeground: '#f48771',
    'editorWarning-foreground': '#ffd370',
    'charts-blue': '#3794ff',
    'charts-purple': '#b180d7',
    'charts-green': '#89d185',
    'charts-orange': '#ab5a00',
    'terminal-ansiCyan': '#00cdcd',
    'button-secondaryForeground': '#ffffff',
  }),
  'high contrast light': theme('vscode-high-contrast-light vscode-high-contrast', {
    foreground: '#292929',
    descriptionForeground: '#292929b3',
    'editor-background': '#ffffff',
    'sideBar-background': '#ffffff',
    contrastBorder: '#0f4a85',
    contrastActiveBorder: '#006bbd',
    focusBorder: '#006bbd',
    errorForeground: '#b5200d',
    'editorWarning-foreground': '#895503',
    'charts-blue': '#1a85ff',
    'charts-purple': '#652d90',
    'charts-green': '#374e06',
    'charts-orange': '#0f4a85',
    'terminal-ansiCyan': '#0598bc',
    'button-secondaryBackground': '#ffffff',
    'button-secondaryForeground': '#292929',
  }),
};
