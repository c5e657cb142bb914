import type { NextConfig } from "next";

/** For every answer; the pages' own content security policy carries a nonce and is made in `proxy.ts`. */
const SECURITY_HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(self), microphone=(), geolocation=()" },
];

/** A worker has the policy of its own script's answer, not the page's. It needs WebAssembly and its own files. */
const WORKER_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: true,
  // Its database driver is a native module, which no bundler can take in.
  serverExternalPackages: ["@libsql/client", "libsql"],
  images: { unoptimized: true },
  headers: async () => [
    { source: "/:path*", headers: SECURITY_HEADERS },
    ...(process.env.NODE_ENV === "production"
      ? [
          {
            source: "/_next/static/:path*.js",
            headers: [{ key: "Content-Security-Policy", value: WORKER_POLICY }],
          },
        ]
      : []),
  ],
};

export default config;
