/** Dark, light, or whatever the visitor's system prefers. */

export const THEMES = ["system", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

export const THEME_COOKIE = "rostro-theme";

export function pickTheme(chosen: string | undefined): Theme {
  return THEMES.find((theme) => theme === chosen) ?? "system";
}
