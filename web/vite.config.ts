import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The built page is committed beside the server, so that it is served where Node is missing.
export default defineConfig({
  plugins: [react()],
  base: "./",
  build: {
    outDir: "../src/asha/server/page",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2022",
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000", "/health": "http://127.0.0.1:8000" } },
});
