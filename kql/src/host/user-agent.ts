/** A family, and where its version stands. */
type Family = readonly [name: string, pattern: RegExp];

const BROWSERS: readonly Family[] = [
  ["Edge", /(?:Edge|EdgA|EdgiOS|Edg)\/([\d.]+)/],
  ["Opera", /(?:OPR|Opera)[/ ]([\d.]+)/],
  ["Samsung Internet", /SamsungBrowser\/([\d.]+)/],
  ["Firefox", /(?:Firefox|FxiOS)\/([\d.]+)/],
  ["Chrome", /(?:Chrome|CriOS)\/([\d.]+)/],
  ["IE", /(?:MSIE |Trident\/.*rv:)([\d.]+)/],
  ["Safari", /Version\/([\d.]+).*Safari/],
  ["curl", /curl\/([\d.]+)/i],
  ["Wget", /Wget\/([\d.]+)/],
  ["Python Requests", /python-requests\/([\d.]+)/],
  ["Go-http-client", /Go-http-client\/([\d.]+)/],
];

const SYSTEMS: readonly Family[] = [
  ["Windows", /Windows NT ([\d.]+)/],
  ["iOS", /(?:iPhone|CPU) OS ([\d_]+)/],
  ["Android", /Android ([\d.]+)/],
  ["Mac OS X", /Mac OS X ([\d_.]+)/],
  ["Chrome OS", /CrOS \S+ ([\d.]+)/],
  ["Ubuntu", /Ubuntu(?:\/([\d.]+))?/],
  ["Linux", /Linux(?: ([\d.]+))?/],
];

/** What a release of Windows calls itself inside. */
const WINDOWS: Readonly<Record<string, string>> = {
  "10.0": "10",
  "6.3": "8.1",
  "6.2": "8",
  "6.1": "7",
  "6.0": "Vista",
};

function versioned(
  agent: string,
  families: readonly Family[],
): { family: string; version: readonly string[] } {
  for (const [family, pattern] of families) {
    const found = pattern.exec(agent);
    if (!found) continue;
    const version = (found[1] ?? "").replaceAll("_", ".");
    return { family, version: (family === "Windows" ? (WINDOWS[version] ?? version) : version).split(".") };
  }
  return { family: "Other", version: [] };
}

const DEVICES: readonly (readonly [pattern: RegExp, family: string, brand: string])[] = [
  [/iPhone/, "iPhone", "Apple"],
  [/iPad/, "iPad", "Apple"],
  [/Macintosh/, "Mac", "Apple"],
  [/SM-\w+/, "Samsung", "Samsung"],
  [/Pixel[ \w]*/, "Pixel", "Google"],
  [/bot|crawler|spider/i, "Spider", "Spider"],
];

/** What a browser says about itself: the asked ones of browser, os and device. */
export function agentOf(agent: string, asked: unknown): unknown {
  const wanted = new Set((Array.isArray(asked) ? asked : [asked]).map((each) => String(each).toLowerCase()));
  const parts: Record<string, unknown> = {};
  if (wanted.has("browser")) {
    const { family, version } = versioned(agent, BROWSERS);
    const [MajorVersion = "", MinorVersion = "", Patch = ""] = version;
    parts["Browser"] = { Family: family, MajorVersion, MinorVersion, Patch };
  }
  if (wanted.has("os")) {
    const { family, version } = versioned(agent, SYSTEMS);
    const [MajorVersion = "", MinorVersion = "", Patch = "", PatchMinor = ""] = version;
    parts["OperatingSystem"] = { Family: family, MajorVersion, MinorVersion, Patch, PatchMinor };
  }
  if (wanted.has("device")) {
    const [pattern, Family = "Other", Brand = ""] = DEVICES.find(([each]) => each.test(agent)) ?? [];
    parts["Device"] = { Family, Brand, Model: pattern?.exec(agent)?.[0]?.trim() ?? "" };
  }
  return parts;
}
