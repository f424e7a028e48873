import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** `npx vite console` serves the screens with hot reloading and asks a server that runs. */
const target = process.env.PICKET_ORIGIN ?? "http://127.0.0.1:8080";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ["picket:source", "module", "browser", "production", "default"] },
  build: { outDir: "dist", emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 700 },
  worker: { format: "iife" },
  server: { proxy: { "/api": { target, changeOrigin: true } } },
});
