const svgNamespace = 'http://www.w3.org/2000/svg';

/** Outlines on a 16 × 16 grid, drawn with the colour of the text around them. */
const outlines = {
  cpu: 'M4.5 4.5h7v7h-7zM6.5 1.5v3M9.5 1.5v3M6.5 11.5v3M9.5 11.5v3M1.5 6.5h3M1.5 9.5h3M11.5 6.5h3M11.5 9.5h3',
  memory: 'M1.5 4.5h13v6h-13zM4.5 6.5v2M8 6.5v2M11.5 6.5v2M3.5 10.5v2M6.5 10.5v2M9.5 10.5v2M12.5 10.5v2',
  gpu: 'M1.5 2v12M1.5 4h13v7h-13M4 11v2h5v-2M8.1 7.5a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0M4 6.5v2',
  network: 'M5 13.5v-11M2 5.5l3-3l3 3M11 2.5v11M8 10.5l3 3l3-3',
  disk: 'M2.5 4c0-1.2 2.5-2 5.5-2s5.5.8 5.5 2s-2.5 2-5.5 2s-5.5-.8-5.5-2v8c0 1.2 2.5 2 5.5 2s5.5-.8 5.5-2V4M2.5 8c0 1.2 2.5 2 5.5 2s5.5-.8 5.5-2',
  processes: 'M2 3.5h12M2 8h8M2 12.5h5',
  pause: 'M4.5 3.5h1.5v9h-1.5zM10 3.5h1.5v9h-1.5z',
  play: 'M4.5 2.5v11l8.5-5.5z',
  settings:
    'M8 5.8a2.2 2.2 0 1 0 0 4.4a2.2 2.2 0 1 0 0-4.4M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4',
  warning: 'M8 2L14.5 13.5h-13zM8 6.5v3.2M8 11.2v.8',
  error: 'M8 1.8a6.2 6.2 0 1 0 0 12.4a6.2 6.2 0 1 0 0-12.4M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6',
  chevron: 'M6 3.5L10.5 8L6 12.5',
  malicious:
    'M8 1.6l5.4 2v4.1c0 3.2-2.2 5.6-5.4 6.8c-3.2-1.2-5.4-3.6-5.4-6.8V3.6zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  passed: 'M8 1.6l5.4 2v4.1c0 3.2-2.2 5.6-5.4 6.8c-3.2-1.2-5.4-3.6-5.4-6.8V3.6zM5.5 8.1l1.8 1.8l3.3-3.6',
  question:
    'M8 1.8a6.2 6.2 0 1 0 0 12.4a6.2 6.2 0 1 0 0-12.4M6.2 6.4a1.8 1.8 0 1 1 2.7 1.6c-.6.3-.9.7-.9 1.3M8 11.3v.1',
  alert: 'M8 1.8a6.2 6.2 0 1 0 0 12.4a6.2 6.2 0 1 0 0-12.4M8 4.8v3.8M8 11.2v.1',
  info: 'M8 1.8a6.2 6.2 0 1 0 0 12.4a6.2 6.2 0 1 0 0-12.4M8 7.4v3.8M8 4.8v.1',
  clock: 'M8 1.8a6.2 6.2 0 1 0 0 12.4a6.2 6.2 0 1 0 0-12.4M8 4.6v3.6l2.4 1.6',
  document: 'M4 1.8h5l3 3v9.4H4zM9 1.8v3h3M6.2 8h3.6M6.2 10.8h3.6',
  folder: 'M1.8 3.5h4.5l1.5 1.7h6.4v7.3H1.8z',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  check: 'M2.8 8.6l3.4 3.4l7-8',
  dash: 'M4 8h8',
  external: 'M9.5 2.5h4v4M13.5 2.5L7.5 8.5M11.5 9.5v4h-9v-9h4',
} as const;
export type IconName = keyof typeof outlines;

/** A decorative icon: what it says stands in text beside it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  svg.classList.add('icon');
  svg.append(document.createElementNS(svgNamespace, 'path'));
  setIcon(svg, name);
  return svg;
}

/** Draws another icon in the place of the one that is there. */
export function setIcon(svg: SVGSVGElement, name: IconName): void {
  const path = svg.firstElementChild;
  if (path && path.getAttribute('d') !== outlines[name]) path.setAttribute('d', outlines[name]);
}
