import type { SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import type { Random } from "./random.js";

/** What a kind of device runs, whom it speaks to and how busy it is. */
export interface Role {
  readonly name: string;
  readonly programs: readonly string[];
  readonly peers: readonly string[];
  readonly ports: readonly string[];
  /** Events a minute by day. */
  readonly pace: number;
  /** How it takes on new firmware. */
  readonly update: string;
}

/** A virtual device as far as what it does is concerned. */
export interface Actor {
  readonly id: string;
  readonly role: Role;
  readonly random: Random;
}

/** The roles of a small industrial site. */
export const roles: readonly Role[] = [
  {
    name: "gateway",
    programs: [
      "/usr/bin/mosquitto -c /etc/mosquitto.conf",
      "/usr/sbin/cron -f",
      "/usr/bin/curl -fsS https://api.example.net/health",
    ],
    peers: ["198.51.100.10:443", "198.51.100.11:8883"],
    ports: ["22", "1883"],
    pace: 6,
    update: "/usr/bin/mender install /data/gateway.mender",
  },
  {
    name: "camera",
    programs: ["/usr/bin/ffmpeg -i rtsp://127.0.0.1/live -c copy out.mp4", "/opt/cam/motion --sensitivity 4"],
    peers: ["198.51.100.20:443"],
    ports: ["554", "443"],
    pace: 3,
    update: "/usr/bin/swupdate -i /mnt/camera.swu",
  },
  {
    name: "pump",
    programs: ["/opt/plc/read --unit 4", "/opt/plc/report --json"],
    peers: ["198.51.100.30:8883"],
    ports: ["502"],
    pace: 2,
    update: "/usr/bin/rauc install /tmp/pump.raucb",
  },
  {
    name: "kiosk",
    programs: ["/usr/lib/browser/browser --kiosk https://kiosk.example.net", "/usr/bin/fc-cache -s"],
    peers: ["198.51.100.40:443"],
    ports: ["22"],
    pace: 4,
    update: "/usr/bin/apt-get -y dist-upgrade",
  },
];

const PORTS_EVERY_MINUTES = 30;

/** How busy the hour is, from a quarter at night to all of it at noon. */
const day = (minute: number): number =>
  0.25 + 0.75 * Math.max(0, Math.sin(((minute % 1_440) / 1_440) * 2 * Math.PI));

/** A started program. */
export const started = (line: string, user = "root"): SecurityEvent =>
  securityEvent("ProcessCreate", [
    {
      Executable: line.split(" ")[0] ?? "",
      ProcessId: 4_000 + (line.length % 900),
      ParentProcessId: 1,
      UserId: user === "root" ? "0" : "1000",
      UserName: user,
      CommandLine: line,
    },
  ]);

/** An outbound connection to `address:port`. */
export function connected(program: string, peer: string): SecurityEvent {
  const [RemoteAddress = "", RemotePort = ""] = peer.split(":");
  return securityEvent("ConnectionCreate", [
    { Executable: program, ProcessId: 900, Direction: "Out", Protocol: "tcp", RemoteAddress, RemotePort },
  ]);
}

/** Somebody who signs in, or tries to. */
export const signedIn = (user: string, from: string, result: "Success" | "Fail"): SecurityEvent =>
  securityEvent("Login", [
    {
      ProcessId: 800,
      Executable: "/usr/sbin/sshd",
      Operation: "PAM:authentication",
      Result: result,
      UserName: user,
      RemoteAddress: from,
    },
  ]);

const listening = ({ ports }: Role): SecurityEvent =>
  securityEvent(
    "ListeningPorts",
    ports.map((LocalPort) => ({
      Protocol: "tcp",
      LocalAddress: "0.0.0.0",
      LocalPort,
      RemoteAddress: "0.0.0.0",
      RemotePort: "*",
    })),
  );

/** What a device does in a minute of an ordinary day. */
export function ordinary({ role, random }: Actor, minute: number): SecurityEvent[] {
  const count = Math.floor(role.pace * day(minute) + random.next() * 2);
  const events = Array.from({ length: count }, () =>
    random.next() < 0.6
      ? started(random.pick(role.programs))
      : connected("/usr/bin/app", random.pick(role.peers)),
  );
  if (minute % PORTS_EVERY_MINUTES === 0) events.push(listening(role));
  return events;
}

const noises: readonly ((random: Random) => SecurityEvent[])[] = [
  () => [signedIn("operator", "10.0.0.9", "Success")],
  // Two slips of the finger are no attack.
  () => [
    signedIn("operator", "10.0.0.9", "Fail"),
    signedIn("operator", "10.0.0.9", "Fail"),
    signedIn("operator", "10.0.0.9", "Success"),
  ],
  () => [started("/usr/bin/apt-get -qq update"), connected("/usr/lib/apt/methods/http", "198.51.100.80:80")],
  () => [started("/usr/sbin/logrotate /etc/logrotate.conf"), started("/bin/gzip /var/log/syslog.1")],
  () => [started("/usr/bin/rsync -a /data/ backup@10.0.0.5:/srv/site/", "backup")],
  (random) => [started(`/usr/bin/nc -z -w 2 10.0.0.${1 + Math.floor(random.next() * 250)} 502`, "operator")],
];

const NOISE_SHARE = 0.02;

/** What people and maintenance do now and then, which looks a little like an attack and is none. */
export const noise = ({ random }: Actor): SecurityEvent[] =>
  random.next() < NOISE_SHARE ? random.pick(noises)(random) : [];
