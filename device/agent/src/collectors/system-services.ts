import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { collector } from "./collector.js";
import { filesByName, namesIn, textOf, unitFolders, unitOf } from "./files.js";

type Service = Payload<"SystemServices">;

const MOST_LINE = 1_024;
const kinds = /\.(?:service|socket|path)$/;

/** The services that the device is set up with. */
export const systemServices = collector({
  name: "SystemServices",
  about: "The services that the device is set up with, by the files that describe them.",
  details: {},
  collect: async (host) => {
    const found = [...(await systemd(host)), ...(await openrc(host)), ...(await scripts(host))];
    return found.length > 0 ? found : undefined;
  },
});

async function systemd(host: Host): Promise<Service[]> {
  const units = await filesByName(host, unitFolders, (name) => kinds.test(name));
  const wanted = await wantedUnits(host);
  const found: Service[] = [];
  for (const [name, path] of units) {
    const unit = unitOf(await textOf(host, path));
    const first = (section: string, key: string): string => unit(section, key).at(-1) ?? "";
    const command = [
      ...unit("Service", "ExecStart"),
      ...unit("Socket", "ListenStream"),
      ...unit("Path", "PathChanged"),
    ];
    found.push({
      ServiceName: name,
      Path: path,
      Enabled: wanted.has(name) || wanted.has(name.replace(/@[^.]*\./, "@.")),
      CommandLine: command.join(" ; ").slice(0, MOST_LINE),
      UserName: first("Service", "User") || "root",
      ServiceKind: "systemd",
      Description: first("Unit", "Description").slice(0, MOST_LINE),
    });
  }
  return found;
}

/** Units that others pull in when they start; that is what `systemctl enable` makes. */
async function wantedUnits(host: Host): Promise<Set<string>> {
  const found = new Set<string>();
  for (const folder of unitFolders)
    for (const name of await namesIn(host, folder))
      if (/\.(?:wants|requires)$/.test(name))
        for (const unit of await namesIn(host, `${folder}/${name}`)) {
          found.add(unit);
          found.add(unit.replace(/@[^.]*\./, "@."));
        }
  return found;
}

async function openrc(host: Host): Promise<Service[]> {
  const found: Service[] = [];
  const levels = await namesIn(host, "/etc/runlevels");
  if (levels.length === 0) return [];
  const enabled = new Set(
    (await Promise.all(levels.map((level) => namesIn(host, `/etc/runlevels/${level}`)))).flat(),
  );
  for (const name of await namesIn(host, "/etc/init.d"))
    found.push(await scriptAt(host, { name, isEnabled: enabled.has(name), kind: "openrc" }));
  return found;
}

/** Scripts of old, where nothing newer reads them: a link that begins with S starts one. */
async function scripts(host: Host): Promise<Service[]> {
  if ((await namesIn(host, "/etc/runlevels")).length > 0) return [];
  const isProcd = (await host.state("/sbin/procd")) !== undefined;
  const folders = isProcd ? ["/etc/rc.d"] : ["/etc/rc2.d", "/etc/rc3.d", "/etc/rc5.d", "/etc/rcS.d"];
  const links = (await Promise.all(folders.map((folder) => namesIn(host, folder)))).flat();
  const enabled = new Set(
    links.filter((name) => /^S\d+/.test(name)).map((name) => name.replace(/^S\d+/, "")),
  );
  const found: Service[] = [];
  for (const name of await namesIn(host, "/etc/init.d"))
    if (!/^(?:README|skeleton|functions|rcS?)$/.test(name))
      found.push(
        await scriptAt(host, { name, isEnabled: enabled.has(name), kind: isProcd ? "procd" : "sysv" }),
      );
  return found;
}

async function scriptAt(
  host: Host,
  { name, isEnabled, kind }: { readonly name: string; readonly isEnabled: boolean; readonly kind: string },
): Promise<Service> {
  const path = `/etc/init.d/${name}`;
  const text = await textOf(host, path);
  return {
    ServiceName: name,
    Path: path,
    Enabled: isEnabled,
    CommandLine: path,
    UserName: "root",
    ServiceKind: kind,
    Description: (/^(?:#\s*Short-Description:|description=)\s*"?([^"\n]*)/m.exec(text)?.[1] ?? "").slice(
      0,
      MOST_LINE,
    ),
  };
}
