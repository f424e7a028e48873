#!/usr/bin/env node
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

await build({
  entryPoints: [`${here}src/main.ts`],
  outfile: `${here}dist/picket-agent.mjs`,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  external: ["koffi"],
  conditions: ["picket:source"],
  minifySyntax: true,
  minifyWhitespace: true,
  minifyIdentifiers: true,
  legalComments: "none",
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
});
// What a device fetches: the bundle, and the one native library it loads, for all platforms that are installed here.
execFileSync("tar", [
  "czf",
  `${here}dist/picket-agent.tgz`,
  "-C",
  `${here}dist`,
  "picket-agent.mjs",
  "-C",
  root,
  "node_modules/koffi/index.js",
  "node_modules/koffi/index.cjs",
  "node_modules/koffi/indirect.js",
  "node_modules/koffi/indirect.cjs",
  "node_modules/koffi/package.json",
  "node_modules/koffi/lib",
  "node_modules/koffi/LICENSE.txt",
  "node_modules/@koromix",
]);
