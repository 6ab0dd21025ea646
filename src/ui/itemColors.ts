/**
 * Colours of signs in trees, by their names in VS Code. Unlike those of lists (`list.errorForeground`), all of them have
 * a value in themes of high contrast, and enough contrast in light ones.
 */
export const itemColors = {
  error: 'problemsErrorIcon.foreground',
  warning: 'problemsWarningIcon.foreground',
  passed: 'charts.green',
  quiet: 'descriptionForeground',
} as const;
