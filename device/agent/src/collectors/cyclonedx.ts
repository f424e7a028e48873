import { createHash } from "node:crypto";
import type { Package } from "./packages.js";

/** What a bill of materials is about. */
export interface Subject {
  readonly hostName: string;
  readonly version: string;
  /** When it was made, ISO 8601. */
  readonly at: string;
}

const namespaces: ReadonlyMap<string, string> = new Map([
  ["deb", "deb"],
  ["apk", "apk"],
  ["rpm", "rpm"],
  ["opkg", "generic"],
]);

/** The package's name in the form that all tools know, as purl-spec writes it. */
export function purlOf({
  PackageName,
  PackageVersion,
  PackageType,
  PackageArchitecture,
  Distribution,
}: Package): string {
  const kind = namespaces.get(PackageType) ?? "generic";
  const owner = Distribution?.split("-")[0] ?? "";
  const place = kind === "generic" || owner === "" ? "" : `${encodeURIComponent(owner)}/`;
  const marks = [
    ...(PackageArchitecture ? [`arch=${encodeURIComponent(PackageArchitecture)}`] : []),
    ...(Distribution ? [`distro=${encodeURIComponent(Distribution)}`] : []),
  ].join("&");
  const name = `${encodeURIComponent(PackageName)}@${encodeURIComponent(PackageVersion)}`;
  return `pkg:${kind}/${place}${name}${marks === "" ? "" : `?${marks}`}`;
}

/** Installed packages as a CycloneDX 1.5 document. The same packages make the same serial number. */
export function cycloneDx(packages: readonly Package[], subject: Subject): object {
  const components = packages.map((each) => ({
    type: "library",
    "bom-ref": purlOf(each),
    name: each.PackageName,
    version: each.PackageVersion,
    purl: purlOf(each),
    ...(each.License ? { licenses: [{ license: { name: each.License } }] } : {}),
    properties: [
      ...(each.SourceName ? [{ name: "picket:source:name", value: each.SourceName }] : []),
      ...(each.SourceVersion ? [{ name: "picket:source:version", value: each.SourceVersion }] : []),
    ],
  }));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${uuidOf(components.map(({ purl }) => purl).join("\n"))}`,
    version: 1,
    metadata: {
      timestamp: subject.at,
      tools: { components: [{ type: "application", name: "picket-agent", version: subject.version }] },
      component: { type: "device", name: subject.hostName, "bom-ref": subject.hostName },
    },
    components,
  };
}

function uuidOf(text: string): string {
  const hash = createHash("sha256").update(text).digest("hex");
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
