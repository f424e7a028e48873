#!/usr/bin/env node
// Builds the agent's Debian package with dpkg-deb, without network and without root.
// node packaging/build-deb.mjs [--arch amd64|arm64|armhf] [--with-node] [--version 0.1.0] [--out FOLDER]
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));
const { version: ownVersion } = JSON.parse(readFileSync(join(root, "device/agent/package.json"), "utf8"));
/** Debian's name of a processor, and that of the native library's package. */
const natives = { amd64: "koffi-linux-x64", arm64: "koffi-linux-arm64", armhf: "koffi-linux-arm" };
const OWN_ARCH = { x64: "amd64", arm64: "arm64", arm: "armhf" }[process.arch];

const { values } = parseArgs({
  options: {
    arch: { type: "string", default: OWN_ARCH },
    "with-node": { type: "boolean", default: false },
    version: { type: "string", default: ownVersion },
    out: { type: "string", default: join(root, "packaging/dist") },
  },
});
const { arch, version, out, "with-node": withNode } = values;
if (!Object.hasOwn(natives, arch ?? "")) stop(`--arch must be one of ${Object.keys(natives).join(", ")}.`);
if (!/^\d+\.\d+\.\d+[A-Za-z0-9.+~]*$/.test(version)) stop("--version must be such as 0.1.0.");
if (withNode && arch !== OWN_ARCH)
  stop(`--with-node puts this machine's own node in, which is for ${OWN_ARCH}.`);
const bundle = join(root, "device/agent/dist/picket-agent.mjs");
if (!existsSync(bundle)) stop("The agent is not built; run `npm run build`.");

const stage = mkdtempSync(join(tmpdir(), "picket-deb-"));
try {
  lay();
  mkdirSync(out, { recursive: true });
  const file = join(out, `picket-agent_${version}_${arch}.deb`);
  execFileSync("dpkg-deb", ["--root-owner-group", "-Zxz", withNode ? "-z1" : "-z6", "--build", stage, file], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  console.log(`${file}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/** Puts every file where it will be on the device. */
function lay() {
  const lib = folder("usr/lib/picket-agent");
  copyFileSync(bundle, join(lib, "picket-agent.mjs"));
  layNative(lib);
  if (withNode) copyFileSync(process.execPath, join(lib, "node"));
  const bin = join(folder("usr/bin"), "picket-agent");
  copyFileSync(join(here, "debian/picket-agent.sh"), bin);
  copyFileSync(
    join(here, "systemd/picket-agent.service"),
    join(folder("lib/systemd/system"), "picket-agent.service"),
  );
  copyFileSync(join(here, "debian/config.json"), join(folder("etc/picket-agent"), "config.json"));
  const doc = folder("usr/share/doc/picket-agent");
  copyFileSync(join(here, "README.md"), join(doc, "README.md"));
  copyFileSync(join(root, "LICENSE"), join(doc, "copyright"));
  for (const path of walk(stage)) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
  for (const path of [bin, ...(withNode ? [join(lib, "node")] : [])]) chmodSync(path, 0o755);
  layControl();
}

/** The native library without what it was compiled from. */
function layNative(lib) {
  const koffi = join(lib, "node_modules/koffi");
  mkdirSync(koffi, { recursive: true });
  for (const name of [
    "index.js",
    "index.cjs",
    "indirect.js",
    "indirect.cjs",
    "package.json",
    "LICENSE.txt",
    "lib",
  ])
    cpSync(join(root, "node_modules/koffi", name), join(koffi, name), { recursive: true });
  const native = join(root, "node_modules/@koromix", natives[arch]);
  if (existsSync(native))
    cpSync(native, join(lib, "node_modules/@koromix", natives[arch]), { recursive: true });
  else
    console.warn(
      `The native library @koromix/${natives[arch]} is not installed here: this package watches by polling only. Install it with npm install --no-save --force @koromix/${natives[arch]}.`,
    );
}

function layControl() {
  const control = folder("DEBIAN");
  const kilobytes = Math.ceil(walk(stage).reduce((total, path) => total + statSync(path).size, 0) / 1024);
  const depends = withNode ? "libc6 (>= 2.28), libstdc++6" : "nodejs (>= 20.19)";
  const text = readFileSync(join(here, "debian/control.in"), "utf8");
  const filled = { version, arch, depends, kilobytes };
  writeFileSync(
    join(control, "control"),
    text.replace(/@(\w+)@/g, (_, name) => String(filled[name])),
  );
  writeFileSync(join(control, "conffiles"), "/etc/picket-agent/config.json\n");
  for (const name of ["preinst", "postinst", "prerm", "postrm"]) {
    copyFileSync(join(here, "debian", name), join(control, name));
    chmodSync(join(control, name), 0o755);
  }
}

function folder(path) {
  const whole = join(stage, path);
  mkdirSync(whole, { recursive: true });
  return whole;
}

function walk(path) {
  const found = [path];
  for (const entry of readdirSync(path, { withFileTypes: true }))
    found.push(...(entry.isDirectory() ? walk(join(path, entry.name)) : [join(path, entry.name)]));
  return found;
}

function stop(why) {
  console.error(why);
  process.exit(1);
}
