import { generateThemeStylesheet, type Theme } from '@cloudscape-design/components/theming';
import type { Look } from './look.ts';

/** Cloudscape's tokens for the chosen accent and radius. */
export function themeSheet({ accent, radius }: Pick<Look, 'accent' | 'radius'>): CSSStyleSheet {
  const tokens: Theme['tokens'] = {
    ...(accent === null ? {} : accentTokens(accent)),
    ...(radius === null ? {} : cornerTokens(`${radius}px`)),
  };
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(generateThemeStylesheet({ theme: { tokens } }));
  return sheet;
}

function accentTokens(accent: string): Theme['tokens'] {
  return {
    colorBackgroundButtonPrimaryDefault: accent,
    colorBackgroundButtonPrimaryHover: accent,
    colorBackgroundButtonPrimaryActive: accent,
    colorTextButtonNormalDefault: accent,
    colorBorderButtonNormalDefault: accent,
    colorTextLinkDefault: accent,
    colorTextAccent: accent,
    colorBackgroundControlChecked: accent,
  };
}

function cornerTokens(radius: string): Theme['tokens'] {
  return {
    borderRadiusButton: radius,
    borderRadiusContainer: radius,
    borderRadiusInput: radius,
    borderRadiusAlert: radius,
  };
}
