import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";
import { mailClients } from "./mail-clients.js";

// The manifest names no workers.
const listed = {
  name: "listed",
  writeBundle: ({ dir }, bundle) => writeFileSync(resolve(dir, "files.json"), JSON.stringify(Object.keys(bundle))),
};

export default defineConfig({
  // Where Django serves static files: lazy chunks and fonts are asked for from there.
  base: "/static/",
  plugins: [mailClients(), listed],
  build: {
    outDir: "dist",
    // A product that runs serves the files it knows until it is started again; starts remove old ones (config/builds.py).
    emptyOutDir: false,
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
