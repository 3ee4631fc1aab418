import { resolve } from "node:path";
import { defineConfig } from "vite";
import { mailClients } from "./mail-clients.js";

export default defineConfig({
  // Where Django serves static files: lazy chunks and fonts are asked for from there.
  base: "/static/",
  plugins: [mailClients()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    // The content security policy forbids fonts and scripts from data: addresses.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: {
        main: resolve(import.meta.dirname ?? ".", "src/main.js"),
        signup: resolve(import.meta.dirname ?? ".", "src/signup.js"),
        public: resolve(import.meta.dirname ?? ".", "src/public.css"),
      },
    },
  },
});
