import type { Payload } from "@picket/schema";
import type { Host } from "../host.js";
import { collector } from "./collector.js";
import { filesByName, linesOf, namesIn, textOf, unitFolders, unitOf } from "./files.js";

type Job = Payload<"ScheduledJobs">;

const MOST_LINE = 2_048;
const NICKNAME = /^@\w+$/;
const userFolders = ["/var/spool/cron/crontabs", "/var/spool/cron", "/etc/crontabs"];
const periods = ["hourly", "daily", "weekly", "monthly"];

/** What the device starts by itself at certain times. */
export const scheduledJobs = collector({
  name: "ScheduledJobs",
  about:
    "What the device starts by itself at certain times: cron, anacron, folders of scripts, timers of systemd, at.",
  details: {},
  collect: async (host) => [
    ...(await systemTables(host)),
    ...(await userTables(host)),
    ...(await anacron(host)),
    ...(await scripts(host)),
    ...(await timers(host)),
    ...(await once(host)),
  ],
});

/** Reads a table of cron; in those of the system the user stands before the command. */
export function jobsOf(text: string, path: string, user?: string): Job[] {
  return linesOf(text).flatMap((line): Job[] => {
    if (/^[A-Za-z_]\w*\s*=/.test(line)) return [];
    const words = line.slice(0, MOST_LINE).split(/\s+/);
    const count = NICKNAME.test(words[0] ?? "") ? 1 : 5;
    const rest = words.slice(count);
    const name = user ?? rest.shift();
    if (rest.length === 0 || name === undefined) return [];
    return [
      {
        Path: path,
        Schedule: words.slice(0, count).join(" "),
        CommandLine: rest.join(" "),
        UserName: name,
        JobKind: "cron",
      },
    ];
  });
}

async function systemTables(host: Host): Promise<Job[]> {
  const parts = (await namesIn(host, "/etc/cron.d")).filter((name) => /^[\w-]+$/.test(name));
  const paths = ["/etc/crontab", ...parts.map((name) => `/etc/cron.d/${name}`)];
  return (await Promise.all(paths.map(async (path) => jobsOf(await textOf(host, path), path)))).flat();
}

async function userTables(host: Host): Promise<Job[]> {
  const found: Job[] = [];
  for (const folder of userFolders)
    for (const user of await namesIn(host, folder)) {
      const state = await host.state(`${folder}/${user}`);
      if (state?.isDirectory) continue;
      found.push(...jobsOf(await textOf(host, `${folder}/${user}`), `${folder}/${user}`, user));
    }
  return found;
}

/** Lines of anacron: days, minutes to wait, a name, what is started. */
async function anacron(host: Host): Promise<Job[]> {
  return linesOf(await textOf(host, "/etc/anacrontab")).flatMap((line): Job[] => {
    const [, days = "", delay = "", name = "", command = ""] =
      /^(\d+|@\w+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
    if (command === "") return [];
    const Schedule = `every ${days} days, after ${delay} minutes (${name})`;
    return [
      {
        Path: "/etc/anacrontab",
        Schedule,
        CommandLine: command.slice(0, MOST_LINE),
        UserName: "root",
        JobKind: "periodic",
      },
    ];
  });
}

async function scripts(host: Host): Promise<Job[]> {
  const found: Job[] = [];
  for (const period of periods)
    for (const folder of [`/etc/cron.${period}`, `/etc/periodic/${period}`])
      for (const name of await namesIn(host, folder)) {
        if (name.startsWith(".")) continue;
        const path = `${folder}/${name}`;
        found.push({
          Path: path,
          Schedule: period,
          CommandLine: path,
          UserName: "root",
          JobKind: "periodic",
        });
      }
  return found;
}

async function timers(host: Host): Promise<Job[]> {
  const units = await filesByName(host, unitFolders, (name) => name.endsWith(".timer"));
  const services = await filesByName(host, unitFolders, (name) => name.endsWith(".service"));
  const found: Job[] = [];
  for (const [name, path] of units) {
    const timer = unitOf(await textOf(host, path));
    const when = [
      "OnCalendar",
      "OnBootSec",
      "OnStartupSec",
      "OnActiveSec",
      "OnUnitActiveSec",
      "OnUnitInactiveSec",
    ].flatMap((key) => timer("Timer", key).map((value) => `${key}=${value}`));
    const service = timer("Timer", "Unit")[0] ?? name.replace(/\.timer$/, ".service");
    const started = unitOf(await textOf(host, services.get(service) ?? ""));
    found.push({
      Path: path,
      Schedule: when.join(" "),
      CommandLine: started("Service", "ExecStart").join(" ; ").slice(0, MOST_LINE) || service,
      UserName: started("Service", "User")[0] ?? "root",
      JobKind: "timer",
    });
  }
  return found;
}

/** Jobs of `at` are scripts; whose they are stands in them. */
async function once(host: Host): Promise<Job[]> {
  const folder = "/var/spool/cron/atjobs";
  const found: Job[] = [];
  for (const name of (await namesIn(host, folder)).filter((each) => /^[a-z=][0-9a-f]{13}$/.test(each))) {
    const text = await textOf(host, `${folder}/${name}`);
    const minutes = Number.parseInt(name.slice(6), 16);
    const uid = /^# atrun uid=(\d+)/m.exec(text)?.[1] ?? "";
    found.push({
      Path: `${folder}/${name}`,
      Schedule: `once at ${new Date(minutes * 60_000).toISOString()}`,
      CommandLine: (linesOf(text).at(-1) ?? "").slice(0, MOST_LINE),
      UserName: uid,
      JobKind: "at",
    });
  }
  return found;
}
