import { defineConfig } from "vite";

// A running program, for `npm run dev` beside it.
const program = process.env.NIGHTJAR_URL ?? "http://127.0.0.1:3000";

// The page runs under a strict CSP: nothing inline, no data: addresses, everything from its own host.
export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2020", // iOS 14, Android WebView 80
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: { "/ws": { target: program, ws: true }, "/api": program },
  },
});
