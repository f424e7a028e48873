import type { Payload } from "@picket/schema";
import { agentErrors, messageOf } from "../errors.js";
import type { Host } from "../host.js";
import { collector } from "./collector.js";
import { namesIn, textOf } from "./files.js";

/** One installed package. */
export type Package = Payload<"SBoM">;

const MOST_FIELD = 300;
const rpmPlaces = ["/usr/bin/rpm", "/bin/rpm"];
const rpmFolders = ["/var/lib/rpm", "/usr/lib/sysimage/rpm"];
const RPM_FORMAT = "%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t%{LICENSE}\\n";

/** The software packages that are installed, by every package manager that is there. */
export const packages = collector({
  name: "SBoM",
  about: "The software packages that are installed, by every package manager that is there.",
  details: {},
  async collect(host) {
    const distribution = distributionOf(await textOf(host, "/etc/os-release"));
    const found = [
      ...(await dpkg(host)),
      ...apkPackages(await textOf(host, "/lib/apk/db/installed")),
      ...(await opkg(host)),
      ...(await rpm(host)),
    ];
    if (found.length === 0 && !(await host.state("/var/lib/dpkg/status"))) return undefined;
    const dated = found.map((each) => (distribution === "" ? each : { ...each, Distribution: distribution }));
    return dated.sort((a, b) => (a.PackageName < b.PackageName ? -1 : a.PackageName > b.PackageName ? 1 : 0));
  },
});

/** Id and version of the distribution, such as `debian-12`. */
export function distributionOf(osRelease: string): string {
  const value = (name: string): string =>
    (new RegExp(`^${name}=(.*)$`, "m").exec(osRelease)?.[1] ?? "").replaceAll(/["']/g, "").trim();
  return [value("ID"), value("VERSION_ID")].filter((part) => part !== "").join("-");
}

type Stanza = ReadonlyMap<string, string>;

/** Stanzas of `Field: value`; lines that go on with a blank are left out, since none of them is needed. */
function* stanzasOf(text: string): Generator<Stanza> {
  for (const block of text.split(/\n\n+/)) {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      const at = line.indexOf(":");
      if (at > 0 && !/^\s/.test(line))
        fields.set(
          line.slice(0, at),
          line
            .slice(at + 1)
            .trim()
            .slice(0, MOST_FIELD),
        );
    }
    if (fields.size > 0) yield fields;
  }
}

const marksOf = (architecture: string | undefined, license: string | undefined) => ({
  ...(architecture ? { PackageArchitecture: architecture } : {}),
  ...(license ? { License: license } : {}),
});

/** Packages of dpkg or opkg, whose files have the same form. Only what is really installed counts. */
export function debianPackages(text: string, kind: "deb" | "opkg"): Package[] {
  const found: Package[] = [];
  for (const fields of stanzasOf(text)) {
    const name = fields.get("Package");
    const version = fields.get("Version");
    if (!name || !version || !/ installed$/.test(fields.get("Status") ?? "install ok installed")) continue;
    // `Source: name (version)` when the version is another than the package's own.
    const [, source = name, sourceVersion = version] =
      /^(\S+)(?: \(([^)]*)\))?/.exec(fields.get("Source") ?? name) ?? [];
    found.push({
      PackageName: name,
      PackageVersion: version,
      PackageType: kind,
      SourceName: source,
      SourceVersion: sourceVersion,
      ...marksOf(fields.get("Architecture"), fields.get("License")),
    });
  }
  return found;
}

/** Packages of apk, whose fields have one letter. */
export function apkPackages(text: string): Package[] {
  const found: Package[] = [];
  for (const fields of stanzasOf(text)) {
    const [name, version] = [fields.get("P"), fields.get("V")];
    if (!name || !version) continue;
    found.push({
      PackageName: name,
      PackageVersion: version,
      PackageType: "apk",
      SourceName: fields.get("o") ?? name,
      SourceVersion: version,
      ...marksOf(fields.get("A"), fields.get("L")),
    });
  }
  return found;
}

/** Packages as `rpm -qa` prints them in our form. */
export function rpmPackages(text: string): Package[] {
  return text.split("\n").flatMap((line): Package[] => {
    const [name = "", epoch = "0", version = "", architecture = "", source = "", license = ""] =
      line.split("\t");
    // Keys that packages are checked with stand among them.
    if (name === "" || version === "" || name === "gpg-pubkey") return [];
    const full = epoch === "0" ? version : `${epoch}:${version}`;
    const [, sourceName = name, sourceVersion = version] =
      /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(source) ?? [];
    return [
      {
        PackageName: name,
        PackageVersion: full,
        PackageType: "rpm",
        SourceName: sourceName,
        SourceVersion: epoch === "0" ? sourceVersion : `${epoch}:${sourceVersion}`,
        PackageArchitecture: architecture,
        License: license.slice(0, MOST_FIELD),
      },
    ];
  });
}

async function dpkg(host: Host): Promise<Package[]> {
  // Images without a package manager keep one file for each package.
  const parts = (await namesIn(host, "/var/lib/dpkg/status.d")).filter((name) => !name.endsWith(".md5sums"));
  const texts = await Promise.all(parts.map((name) => textOf(host, `/var/lib/dpkg/status.d/${name}`)));
  return debianPackages([await textOf(host, "/var/lib/dpkg/status"), ...texts].join("\n\n"), "deb");
}

async function opkg(host: Host): Promise<Package[]> {
  for (const path of ["/usr/lib/opkg/status", "/var/lib/opkg/status"]) {
    const text = await textOf(host, path);
    if (text !== "") return debianPackages(text, "opkg");
  }
  return [];
}

/** The database of rpm has three binary forms; its own program is asked rather than guessing. */
async function rpm(host: Host): Promise<Package[]> {
  const isUsed = (await Promise.all(rpmFolders.map((path) => namesIn(host, path)))).some(
    (names) => names.length > 0,
  );
  if (!isUsed) return [];
  for (const program of rpmPlaces) {
    if (!(await host.state(program))) continue;
    try {
      return rpmPackages(await host.run(program, ["-qa", "--qf", RPM_FORMAT]));
    } catch (error) {
      throw agentErrors.recordsInvalid(
        { what: "The output of rpm", why: messageOf(error) },
        { cause: error },
      );
    }
  }
  return [];
}
