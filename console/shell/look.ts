import { applyDensity, applyMode, Density, Mode } from '@cloudscape-design/global-styles';

export type Theme = 'light' | 'dark' | 'auto';

/** How the page presents itself: chosen by the query of the address it was opened with, kept for the tab. */
export interface Look {
  /** No frame of its own: the console is part of somebody else's page. */
  readonly embed: boolean;
  readonly theme: Theme;
  readonly compact: boolean;
  /** Colour of buttons, links and selected things, `#rrggbb`; null for the usual one. */
  readonly accent: string | null;
  /** Corner radius of buttons and containers in pixels; null for the usual one. */
  readonly radius: number | null;
}

/** Reads `?embed=1&theme=dark&density=compact&accent=0b5cad&radius=4`. Values it doesn't know are ignored. */
export function lookFromQuery(query: string, before: Look = PLAIN): Look {
  const fields = new URLSearchParams(query);
  const theme = fields.get('theme');
  const density = fields.get('density');
  const accent = /^#?([0-9a-f]{6})$/i.exec(fields.get('accent') ?? '')?.[1];
  const radius = /^\d{1,2}$/.exec(fields.get('radius') ?? '')?.[0];
  return {
    embed: fields.has('embed') ? fields.get('embed') === '1' : before.embed,
    theme: theme === 'light' || theme === 'dark' || theme === 'auto' ? theme : before.theme,
    compact: density === null ? before.compact : density === 'compact',
    accent: accent === undefined ? before.accent : `#${accent.toLowerCase()}`,
    radius: radius === undefined ? before.radius : Number(radius),
  };
}

export const PLAIN: Look = { embed: false, theme: 'auto', compact: false, accent: null, radius: null };

/** Makes the page look so. Colours come as a constructed style sheet, which a strict `style-src` permits. */
export async function applyLook(look: Look): Promise<void> {
  applyMode(isDark(look.theme) ? Mode.Dark : Mode.Light);
  applyDensity(look.compact ? Density.Compact : Density.Comfortable);
  document.documentElement.style.colorScheme = isDark(look.theme) ? 'dark' : 'light';
  if (look.accent === null && look.radius === null) return;
  const { themeSheet } = await import('./theme-sheet.ts');
  document.adoptedStyleSheets = [themeSheet(look)];
}

/** Whether the page is dark now. */
export function isDark(theme: Theme): boolean {
  return theme === 'dark' || (theme === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches);
}
