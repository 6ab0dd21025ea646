/** Where a page is shown; its cards stand out from a side bar and from an editor by different colours. */
export type PageSurfaceKind = 'sidebar' | 'editor';

export interface PageDocument {
  readonly title: string;
  /** The webview's own source for its content security policy. */
  readonly cspSource: string;
  /** Fresh for each document. */
  readonly nonce: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  readonly surface: PageSurfaceKind;
}

/**
 * The document of a page: its policy, its two files, and an empty body that the script fills. The `csp-nonce`
 * property is how the UI toolkit learns the nonce of the styles that it adds.
 */
export function pageHtml({ title, cspSource, nonce, scriptUri, styleUri, surface }: PageDocument): string {
  const policy = [
    `default-src 'none'`,
    `img-src ${cspSource}`,
    `font-src ${cspSource}`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${escaped(nonce)}">
<title>${escaped(title)}</title>
<link rel="stylesheet" nonce="${escaped(nonce)}" href="${escaped(styleUri)}">
</head>
<body data-surface="${surface}">
<script nonce="${escaped(nonce)}" src="${escaped(scriptUri)}"></script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
