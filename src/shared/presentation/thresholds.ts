import type { Thresholds } from '../protocol/panel';

export type Level = 'normal' | 'warning' | 'error';

/** A figure passes a threshold when it is above it, so that 100 switches a threshold off. */
export function levelOf(percent: number | undefined, { warning, error }: Thresholds): Level {
  if (percent === undefined) return 'normal';
  if (percent > error) return 'error';
  return percent > warning ? 'warning' : 'normal';
}

/** What a level means, for those who do not see its colour. */
export function levelText(level: Level): string {
  switch (level) {
    case 'normal':
      return '';
    case 'warning':
      return 'High';
    case 'error':
      return 'Critical';
  }
}
