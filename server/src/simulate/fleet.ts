import { marker, type SecurityEvent } from "@picket/schema";
import {
  type ConnectionString,
  type HubClient,
  openHubClient,
  packMessages,
  securityEvent,
} from "@picket/sdk";
import { type Random, seeded } from "./random.js";

/** What fleet, for how long, and what happens to it. */
export interface SimulationOptions {
  readonly devices: number;
  /** Minutes of fleet life. */
  readonly minutes: number;
  /** Minutes of fleet life in one minute. */
  readonly speed: number;
  readonly seed: number;
  readonly attacks: readonly string[];
}

/** What the simulation needs of the world. */
export interface SimulationAround {
  register(deviceId: string): Promise<ConnectionString>;
  readonly ca: string;
  say(line: string): void;
}

/** What was done, to hold what was found against. */
export interface Manifest {
  readonly devices: number;
  readonly messages: number;
  readonly attacks: readonly {
    readonly device: string;
    readonly attack: string;
    readonly at: string;
    readonly eventIds: readonly string[];
  }[];
}

interface Role {
  readonly name: string;
  readonly programs: readonly string[];
  readonly peers: readonly string[];
  readonly ports: readonly string[];
  /** Events a minute by day. */
  readonly pace: number;
}

const roles: readonly Role[] = [
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
  },
  {
    name: "camera",
    programs: ["/usr/bin/ffmpeg -i rtsp://127.0.0.1/live -c copy out.mp4", "/opt/cam/motion --sensitivity 4"],
    peers: ["198.51.100.20:443"],
    ports: ["554", "443"],
    pace: 3,
  },
  {
    name: "pump",
    programs: ["/opt/plc/read --unit 4", "/opt/plc/report --json"],
    peers: ["198.51.100.30:8883"],
    ports: ["502"],
    pace: 2,
  },
  {
    name: "kiosk",
    programs: ["/usr/lib/browser/browser --kiosk https://kiosk.example.net", "/usr/bin/fc-cache -s"],
    peers: ["198.51.100.40:443"],
    ports: ["22"],
    pace: 4,
  },
];

interface Virtual {
  readonly id: string;
  readonly role: Role;
  readonly client: HubClient;
  readonly agentId: string;
  readonly random: Random;
}

const CONNECT_AT_ONCE = 20;
const day = (minute: number): number =>
  0.25 + 0.75 * Math.max(0, Math.sin(((minute % 1_440) / 1_440) * 2 * Math.PI));

/** Drives virtual devices of several roles through the real hub with the real client, with one seed for everything. */
export async function simulate(options: SimulationOptions, around: SimulationAround): Promise<Manifest> {
  const random = seeded(options.seed);
  const fleet = await connectAll(options, around, random);
  const plan = options.attacks.map((attack) => ({
    attack,
    device: fleet[Math.floor(random.next() * fleet.length)]!,
    minute: Math.floor((0.1 + random.next() * 0.7) * options.minutes),
  }));
  const done: Manifest["attacks"][number][] = [];
  let messages = 0;
  for (let minute = 0; minute < options.minutes; minute += 1) {
    const started = Date.now();
    const sent = fleet.map((device) => send(device, ordinary(device, minute)));
    for (const { attack, device } of plan.filter((each) => each.minute === minute)) {
      const events = attacks[attack]?.(device) ?? [];
      sent.push(send(device, events));
      done.push({
        device: device.id,
        attack,
        at: new Date().toISOString(),
        eventIds: events.map(({ Id }) => Id),
      });
    }
    messages += (await Promise.all(sent)).reduce((sum, count) => sum + count, 0);
    around.say(
      `minute ${minute + 1} of ${options.minutes}, ${messages} messages acknowledged, ${done.length} attacks`,
    );
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, 60_000 / options.speed - (Date.now() - started))),
    );
  }
  await Promise.all(fleet.map(({ client }) => client.close()));
  return { devices: fleet.length, messages, attacks: done };
}

async function connectAll(
  { devices }: SimulationOptions,
  around: SimulationAround,
  random: Random,
): Promise<Virtual[]> {
  const fleet: Virtual[] = [];
  for (let first = 0; first < devices; first += CONNECT_AT_ONCE) {
    const some = Array.from(
      { length: Math.min(CONNECT_AT_ONCE, devices - first) },
      async (_, index): Promise<Virtual> => {
        const number = first + index;
        const role = roles[number % roles.length]!;
        const id = `sim-${role.name}-${String(number).padStart(4, "0")}`;
        const client = openHubClient({
          connection: await around.register(id),
          ca: around.ca,
          address: "127.0.0.1",
          userAgent: "picket-simulate/0.1.0",
        });
        await client.connect();
        return {
          id,
          role,
          client,
          agentId: guidOf(number),
          random: seeded(Math.floor(random.next() * 2 ** 31)),
        };
      },
    );
    fleet.push(...(await Promise.all(some)));
    around.say(`${fleet.length} of ${devices} devices are connected`);
  }
  return fleet;
}

const guidOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

async function send({ client, agentId }: Virtual, events: readonly SecurityEvent[]): Promise<number> {
  const printed = events
    .map((event) => JSON.stringify(event))
    .map((text) => ({ text, bytes: Buffer.byteLength(text) }));
  const { bodies } = packMessages({ agentId, agentVersion: "0.1.0" }, printed);
  for (const body of bodies) await client.send(body, { [marker.mqtt]: marker.interfaceId });
  return bodies.length;
}

const command = (line: string, user = "root") => ({
  Executable: line.split(" ")[0] ?? "",
  ProcessId: 4_000 + (line.length % 900),
  ParentProcessId: 1,
  UserId: user === "root" ? "0" : "1000",
  UserName: user,
  CommandLine: line,
});

/** What a device of a role does in a minute of its day. */
function ordinary({ role, random }: Virtual, minute: number): SecurityEvent[] {
  const events: SecurityEvent[] = [];
  const count = Math.floor(role.pace * day(minute) + random.next() * 2);
  for (let index = 0; index < count; index += 1) {
    if (random.next() < 0.6)
      events.push(securityEvent("ProcessCreate", [command(random.pick(role.programs))]));
    else {
      const [RemoteAddress = "", RemotePort = ""] = random.pick(role.peers).split(":");
      events.push(
        securityEvent("ConnectionCreate", [
          {
            Executable: "/usr/bin/app",
            ProcessId: 900,
            Direction: "Out",
            Protocol: "tcp",
            RemoteAddress,
            RemotePort,
          },
        ]),
      );
    }
  }
  if (minute % 30 === 0)
    events.push(
      securityEvent(
        "ListeningPorts",
        role.ports.map((LocalPort) => ({
          Protocol: "tcp",
          LocalAddress: "0.0.0.0",
          LocalPort,
          RemoteAddress: "0.0.0.0",
          RemotePort: "*",
        })),
      ),
    );
  if (random.next() < 0.01)
    events.push(
      securityEvent("Login", [
        {
          ProcessId: 800,
          Executable: "/usr/sbin/sshd",
          Operation: "PAM:session_open",
          Result: "Success",
          UserName: "operator",
          RemoteAddress: "10.0.0.9",
        },
      ]),
    );
  return events;
}

/** Attacks by name. */
const attacks: Readonly<Record<string, (device: Virtual) => SecurityEvent[]>> = {
  miner: () => [
    securityEvent("ProcessCreate", [
      command("/tmp/.x/xmrig -o stratum+tcp://pool.example.net:3333", "www-data"),
    ]),
  ],
  bruteforce: () => {
    const login = (Result: "Fail" | "Success") =>
      securityEvent("Login", [
        {
          ProcessId: 801,
          Executable: "/usr/sbin/sshd",
          Operation: "PAM:authentication",
          Result,
          UserName: "root",
          RemoteAddress: "203.0.113.77",
        },
      ]);
    return [...Array.from({ length: 12 }, () => login("Fail")), login("Success")];
  },
  beacon: () =>
    Array.from({ length: 30 }, () =>
      securityEvent("ConnectionCreate", [
        {
          Executable: "/tmp/.cache/upd",
          ProcessId: 6_666,
          Direction: "Out",
          Protocol: "tcp",
          RemoteAddress: "203.0.113.50",
          RemotePort: "4443",
        },
      ]),
    ),
};
