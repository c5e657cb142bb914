import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";

import { Header } from "@/components/header";
import { I18nProvider } from "@/components/i18n-provider";
import { EngineProvider } from "@/components/recognition/engine-provider";
import { RelayProvider } from "@/components/recognition/relay-provider";
import { visitor } from "@/lib/accounts/session";
import { CAMERA_ID, manifestPath } from "@/lib/camera-id";
import { dictionary } from "@/lib/i18n";
import { publicRelayUrl } from "@/lib/settings";
import { visitorLocale, visitorTheme } from "@/lib/visitor";

import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  const t = dictionary(await visitorLocale());
  return {
    title: { default: "Rostro", template: "%s · Rostro" },
    description: t.meta.description,
    manifest: manifestPath(CAMERA_ID),
    robots: { index: false },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#161e1b" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [locale, theme, who] = await Promise.all([visitorLocale(), visitorTheme(), visitor()]);
  const page = (
    <>
      <Header theme={theme} role={who?.role ?? null} />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
  return (
    <html lang={locale} data-theme={theme}>
      <body>
        <I18nProvider locale={locale}>
          {who === null ? (
            page
          ) : (
            <RelayProvider url={publicRelayUrl()}>
              <EngineProvider>{page}</EngineProvider>
            </RelayProvider>
          )}
        </I18nProvider>
      </body>
    </html>
  );
}
