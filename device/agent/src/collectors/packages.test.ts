import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileTexts, hostOf, violationsOf } from "../testing.js";
import { cycloneDx, purlOf } from "./cyclonedx.js";
import { apkPackages, debianPackages, distributionOf, packages, rpmPackages } from "./packages.js";

const stanza = (...lines: string[]): string => `${lines.join("\n")}\n\n`;
const installed = "Status: install ok installed";

describe("packages as each manager writes them", () => {
  test.each([
    {
      name: "dpkg",
      found: () =>
        debianPackages(
          stanza("Package: bash", installed, "Architecture: amd64", "Version: 5.2.15-2+b7"),
          "deb",
        ),
      item: {
        PackageName: "bash",
        PackageVersion: "5.2.15-2+b7",
        PackageType: "deb",
        SourceName: "bash",
        PackageArchitecture: "amd64",
      },
    },
    {
      name: "dpkg, built from another source of another version",
      found: () =>
        debianPackages(
          stanza("Package: libc6", installed, "Source: glibc (2.36-9)", "Version: 2.36-9+deb12u4"),
          "deb",
        ),
      item: { SourceName: "glibc", SourceVersion: "2.36-9", PackageVersion: "2.36-9+deb12u4" },
    },
    {
      name: "dpkg, with a description of many lines that look like fields",
      found: () =>
        debianPackages(
          stanza("Package: a", installed, "Description: x", " Version: 9", " Package: b", "Version: 1"),
          "deb",
        ),
      item: { PackageName: "a", PackageVersion: "1" },
    },
    {
      name: "an image without dpkg, whose files have no status",
      found: () => debianPackages(stanza("Package: tzdata", "Version: 2024a"), "deb"),
      item: { PackageName: "tzdata" },
    },
    {
      name: "apk",
      found: () =>
        apkPackages(
          stanza("C:Q1abc", "P:busybox", "V:1.36.1-r5", "A:aarch64", "L:GPL-2.0-only", "o:busybox"),
        ),
      item: {
        PackageName: "busybox",
        PackageType: "apk",
        License: "GPL-2.0-only",
        PackageArchitecture: "aarch64",
      },
    },
    {
      name: "apk, a part of another",
      found: () => apkPackages(stanza("P:libcrypto3", "V:3.1.4-r1", "o:openssl")),
      item: { SourceName: "openssl" },
    },
    {
      name: "opkg",
      found: () =>
        debianPackages(
          stanza(
            "Package: dropbear",
            "Version: 2022.82-2",
            "Status: install user installed",
            "Architecture: mipsel_24kc",
          ),
          "opkg",
        ),
      item: { PackageType: "opkg", PackageName: "dropbear" },
    },
    {
      name: "rpm, with an epoch",
      found: () =>
        rpmPackages("bind-libs\t32\t9.18.20-1.fc39\tx86_64\tbind-9.18.20-1.fc39.src.rpm\tMPLv2.0\n"),
      item: {
        PackageVersion: "32:9.18.20-1.fc39",
        SourceName: "bind",
        SourceVersion: "32:9.18.20-1.fc39",
        License: "MPLv2.0",
      },
    },
  ])("$name", ({ found, item }) => {
    expect(found()).toMatchObject([item]);
    expect(violationsOf("SBoM", found())).toEqual([]);
  });

  test.each([
    {
      name: "one that was removed and left its configuration",
      found: () =>
        debianPackages(stanza("Package: a", "Status: deinstall ok config-files", "Version: 1"), "deb"),
    },
    { name: "one without a version", found: () => debianPackages(stanza("Package: a", installed), "deb") },
    { name: "a key of rpm", found: () => rpmPackages("gpg-pubkey\t0\tabc-1\t(none)\t(none)\tpubkey") },
    { name: "a line that is cut short", found: () => rpmPackages("bash\t0") },
    { name: "nothing", found: () => apkPackages("") },
  ])("$name is none", ({ found }) => {
    expect(found()).toEqual([]);
  });

  test.each(hostileTexts)("a name that is $name does no harm", ({ text }) => {
    const found = debianPackages(stanza(`Package: ${text}`, installed, `Version: ${text}`), "deb");
    expect(violationsOf("SBoM", found)).toEqual([]);
  });

  test("any text at all is packages that fit the schema, or none", () => {
    const line = fc.oneof(
      fc.constantFrom("Package: a", "Version: 1", "", "P:a", "V:1", "Source: x (", ": :"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const text = lines.join("\n");
        for (const found of [debianPackages(text, "deb"), apkPackages(text), rpmPackages(text)])
          expect(violationsOf("SBoM", found)).toEqual([]);
      }),
    );
  });

  test("a hundred thousand packages are read", () => {
    const text = Array.from({ length: 100_000 }, (_, index) =>
      stanza(`Package: p${index}`, installed, "Version: 1"),
    ).join("");
    expect(debianPackages(text, "deb")).toHaveLength(100_000);
  });
});

describe("the packages of a host", () => {
  test("carry their distribution, in order of their names", async () => {
    const status =
      stanza("Package: b", installed, "Version: 1") + stanza("Package: a", installed, "Version: 2");
    const host = hostOf({
      files: { "/var/lib/dpkg/status": status, "/etc/os-release": 'ID=debian\nVERSION_ID="12"\n' },
    });
    expect(await packages.collect(host)).toMatchObject([
      { PackageName: "a", Distribution: "debian-12" },
      { PackageName: "b" },
    ]);
  });

  test("of rpm are asked from its own program, only where its database is", async () => {
    const given =
      "/usr/bin/rpm -qa --qf %{NAME}\\t%{EPOCHNUM}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t%{LICENSE}\\n";
    const prints = { [given]: "bash\t0\t5.2-1\tx86_64\tbash-5.2-1.src.rpm\tGPL\n" };
    const files = { "/usr/bin/rpm": "" };
    expect(await packages.collect(hostOf({ files, prints }))).toBeUndefined();
    const there = hostOf({ files: { ...files, "/var/lib/rpm/rpmdb.sqlite": "" }, prints });
    expect(await packages.collect(there)).toMatchObject([{ PackageName: "bash", PackageType: "rpm" }]);
  });

  test("are not told on a host without a package manager", async () => {
    expect(await packages.collect(hostOf({ files: { "/etc/os-release": "ID=poky" } }))).toBeUndefined();
  });

  test.each([
    { text: 'ID=debian\nVERSION_ID="12"', found: "debian-12" },
    { text: "ID=arch", found: "arch" },
    { text: "", found: "" },
  ])("a distribution says its name: $found", ({ text, found }) => {
    expect(distributionOf(text)).toBe(found);
  });
});

describe("a bill of materials", () => {
  const bash = {
    PackageName: "bash",
    PackageVersion: "1:5.2+b7",
    PackageType: "deb",
    PackageArchitecture: "amd64",
    Distribution: "debian-12",
    SourceName: "bash",
  };
  test("names each package as all tools know it", () => {
    expect(purlOf(bash)).toBe("pkg:deb/debian/bash@1%3A5.2%2Bb7?arch=amd64&distro=debian-12");
  });

  test("has its own number, the same for the same packages", () => {
    const subject = { hostName: "gw", version: "0.1.0", at: "2026-01-01T00:00:00Z" };
    const [one, same, other] = [[bash], [bash], []].map((each) => cycloneDx(each, subject));
    expect(one).toEqual(same);
    expect(one).toMatchObject({
      bomFormat: "CycloneDX",
      specVersion: "1.5",
      components: [{ name: "bash", purl: purlOf(bash) }],
    });
    expect(Reflect.get(one ?? {}, "serialNumber")).not.toBe(Reflect.get(other ?? {}, "serialNumber"));
    expect(Reflect.get(one ?? {}, "serialNumber")).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});
