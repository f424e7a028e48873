#!/usr/bin/env node
import { existsSync } from "node:fs";

process.env.UV_THREADPOOL_SIZE ??= "12";
const built = new URL("../dist/cli/main.js", import.meta.url);
if (!existsSync(built)) {
  console.error("Picket is not built yet. Run `npm start`, or `npm run build`.");
  process.exit(1);
}
const { main } = await import(built.href);
await main(process.argv);
