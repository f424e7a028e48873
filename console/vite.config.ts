import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ["picket:source", "module", "browser", "production", "default"] },
  build: { outDir: "dist", emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 700 },
  worker: { format: "iife" },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});
