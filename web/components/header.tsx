"use client";

import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";

import { accessOf, mayOpen, type Role } from "@/lib/accounts/access";
import { LOCALE_COOKIE, LOCALES, type Locale } from "@/lib/i18n";
import { THEME_COOKIE, THEMES, type Theme } from "@/lib/theme";

import styles from "./header.module.css";
import { useI18n } from "./i18n-provider";
import {
  AccountIcon,
  CameraIcon,
  DoorCameraIcon,
  EventsIcon,
  LogoIcon,
  MoonIcon,
  PeopleIcon,
  SettingsIcon,
  StatusIcon,
  SunIcon,
  SystemThemeIcon,
  WebhooksIcon,
} from "./icons";

const SECTIONS = [
  { href: "/", key: "live", Icon: CameraIcon },
  { href: "/people", key: "people", Icon: PeopleIcon },
  { href: "/events", key: "events", Icon: EventsIcon },
  { href: "/cameras", key: "cameras", Icon: DoorCameraIcon },
  { href: "/webhooks", key: "webhooks", Icon: WebhooksIcon },
  { href: "/status", key: "status", Icon: StatusIcon },
  { href: "/settings", key: "settings", Icon: SettingsIcon },
] as const;

const THEME_ICONS = { system: SystemThemeIcon, light: SunIcon, dark: MoonIcon };

const LANGUAGE_NAMES: Record<Locale, string> = { es: "Español", en: "English" };

/** `role` is that of whoever has signed in; `null` shows no way to the pages. */
export function Header({ theme, role }: { theme: Theme; role: Role | null }) {
  const { t } = useI18n();
  const path = usePathname();
  const sections = SECTIONS.filter(({ href }) => mayOpen(accessOf(href), role));
  return (
    <header className={styles.header}>
      <a className={styles.skip} href="#content">
        {t.nav.skip}
      </a>
      <div className={styles.bar}>
        <Link className={styles.brand} href="/">
          <LogoIcon />
          Rostro
        </Link>
        <nav className={styles.nav} aria-label={t.nav.label}>
          <ul>
            {sections.map(({ href, key, Icon }) => {
              const here = href === "/" ? path === "/" : path.startsWith(href);
              return (
                <li key={href}>
                  <Link className={styles.link} href={href} aria-current={here ? "page" : undefined}>
                    <Icon />
                    {t.nav[key]}
                  </Link>
                </li>
              );
            })}
          </ul>
        </nav>
        <div className={styles.switches}>
          <LanguageSwitch />
          <ThemeSwitch theme={theme} />
          {role !== null && (
            <Link
              className={styles.theme}
              href="/account"
              title={t.nav.account}
              aria-label={t.nav.account}
              aria-current={path === "/account" ? "page" : undefined}
              data-testid="account-link"
            >
              <AccountIcon />
            </Link>
          )}
        </div>
      </div>
    </header>
  );
}

function LanguageSwitch() {
  const { locale, t } = useI18n();
  const router = useRouter();
  function choose(chosen: Locale) {
    remember(LOCALE_COOKIE, chosen);
    router.refresh();
  }
  return (
    <div className={styles.segments} role="group" aria-label={t.settings.language}>
      {LOCALES.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          title={LANGUAGE_NAMES[language]}
          aria-label={`${language.toUpperCase()} · ${LANGUAGE_NAMES[language]}`}
          aria-pressed={language === locale}
          data-testid={`language-${language}`}
          onClick={() => choose(language)}
        >
          {language.toUpperCase()}
        </button>
      ))}
    </div>
  );
}

function ThemeSwitch({ theme }: { theme: Theme }) {
  const { t } = useI18n();
  const router = useRouter();
  const Icon = THEME_ICONS[theme];
  const label = `${t.settings.theme}: ${t.settings.themes[theme]}`;
  function next() {
    const chosen = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
    remember(THEME_COOKIE, chosen);
    router.refresh();
  }
  return (
    <button
      className={styles.theme}
      type="button"
      title={label}
      aria-label={label}
      data-testid="theme-switch"
      onClick={next}
    >
      <Icon />
    </button>
  );
}

/** For a year, for this app's own pages. */
function remember(name: string, value: string) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}
