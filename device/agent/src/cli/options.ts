import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type ConnectionString, parseConnectionString } from "@picket/sdk";
import { agentErrors, messageOf } from "../errors.js";

/** What the command line asks for. */
export interface Command {
  readonly verb: "run" | "doctor" | "sbom" | "help" | "version" | "print-offsets";
  readonly settings: RunSettings;
}

/** What an agent runs with, from the command line and the file of `--config`; the command line wins. */
export interface RunSettings {
  readonly "connection-string-file"?: string;
  readonly "enrolment-file"?: string;
  readonly "certificate-file"?: string;
  readonly "key-file"?: string;
  readonly "update-key-file"?: string;
  readonly transport?: string;
  readonly proxy?: string;
  readonly ca?: string;
  readonly data: string;
  readonly address?: string;
  readonly "low-latency": boolean;
  readonly "outbox-bytes"?: string;
  readonly verbose: boolean;
}

const options = {
  "connection-string-file": { type: "string" },
  "enrolment-file": { type: "string" },
  "certificate-file": { type: "string" },
  "key-file": { type: "string" },
  "update-key-file": { type: "string" },
  transport: { type: "string" },
  proxy: { type: "string" },
  ca: { type: "string" },
  data: { type: "string" },
  address: { type: "string" },
  "low-latency": { type: "boolean" },
  "outbox-bytes": { type: "string" },
  verbose: { type: "boolean" },
  config: { type: "string" },
  doctor: { type: "boolean" },
  sbom: { type: "boolean" },
  "print-offsets": { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

const onlyOnLine: ReadonlySet<string> = new Set([
  "config",
  "doctor",
  "print-offsets",
  "sbom",
  "help",
  "version",
]);
const inFile = new Map(
  Object.entries(options).flatMap(([name, { type }]) =>
    onlyOnLine.has(name) ? [] : [[name, type] as const],
  ),
);

/** Names of the micro agent's own file, for devices that move over. */
const microNames: Readonly<Record<string, (value: string) => Record<string, string>>> = {
  IothubModule_TransportProtocol: (value) => ({ transport: /websocket/i.test(value) ? "websocket" : "mqtt" }),
  IothubModule_ProxyConfig: (value) => {
    const [host = "", port = "", user, password] = value.split(",").map((each) => each.trim());
    const login = user ? `${encodeURIComponent(user)}:${encodeURIComponent(password ?? "")}@` : "";
    return { proxy: `http://${login}${host}:${port}` };
  },
};

export const HELP = `picket-agent watches this host and reports to a Picket hub.

  picket-agent --connection-string-file FILE [--ca FILE] [--data DIR] [--low-latency]
  picket-agent --config FILE
  picket-agent doctor [--config FILE]
  picket-agent sbom > device.cdx.json

  --connection-string-file FILE  who the device is: HostName=…;DeviceId=…;ModuleId=azureiotsecurity;SharedAccessKey=…
  --enrolment-file FILE          ask a provisioning service instead: {"hostName", "idScope", "registrationId", "groupKey"}
  --certificate-file FILE        a certificate that speaks for the device instead of a key, with --key-file, both PEM
  --key-file FILE                the key of that certificate
  --update-key-file FILE         Ed25519 public key, PEM, that updates are signed with; pinned the first time
  --transport mqtt|websocket     MQTT over TLS on port 8883 (default), or within a WebSocket on port 443
  --proxy URL                    an HTTP proxy, such as http://user:password@proxy.local:3128
  --ca FILE                      the hub's CA as PEM, when the system does not trust it
  --address HOST                 where to connect, when not to the HostName
  --data DIR                     where events wait until they are sent (default /var/lib/picket-agent)
  --low-latency                  send what is new within two seconds rather than by the twin's intervals
  --outbox-bytes N               room for waiting events until the twin says otherwise (default 64000000)
  --config FILE                  the same as JSON, such as {"connection-string-file": "…", "low-latency": true}
  --verbose                      log more
  --doctor                       say what works on this host, why the rest does not, and how to mend it
  --sbom                         print the installed packages as a CycloneDX bill of materials`;

/** Reads the command line; throws with a sentence when it asks for what is not there. */
export function readCommand(given: readonly string[]): Command {
  const { config, doctor, sbom, help, version, "print-offsets": offsets, ...own } = parsed(asOptions(given));
  const fromFile = config === undefined ? {} : readConfig(config);
  const settings = {
    data: "/var/lib/picket-agent",
    "low-latency": false,
    verbose: false,
    ...fromFile,
    ...own,
  };
  if (help) return { verb: "help", settings };
  if (version) return { verb: "version", settings };
  if (offsets) return { verb: "print-offsets", settings };
  if (sbom) return { verb: "sbom", settings };
  return { verb: doctor ? "doctor" : "run", settings };
}

/** `picket-agent doctor` is `picket-agent --doctor`. */
const asOptions = ([first = "", ...rest]: readonly string[]): string[] =>
  ["doctor", "sbom", "help", "version"].includes(first)
    ? [`--${first}`, ...rest]
    : [first, ...rest].filter((each) => each !== "");

function parsed(given: readonly string[]) {
  try {
    return parseArgs({ args: [...given], options, strict: true }).values;
  } catch (error) {
    throw agentErrors.optionInvalid({ option: "…", why: `${messageOf(error)} See --help` });
  }
}

function readConfig(path: string): Partial<RunSettings> {
  let values: unknown;
  try {
    values = JSON.parse(readOption("config", path));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw agentErrors.optionInvalid({ option: "config", why: `${path} is not JSON: ${error.message}` });
    throw error;
  }
  if (typeof values !== "object" || values === null || Array.isArray(values))
    throw agentErrors.optionInvalid({ option: "config", why: `${path} is not a JSON object` });
  const moved = Object.entries(values).flatMap(([name, value]) => {
    const move = Object.hasOwn(microNames, name) && typeof value === "string" ? microNames[name] : undefined;
    return move ? Object.entries(move(String(value))) : [[name, value] as const];
  });
  for (const [name, value] of moved) {
    const type = inFile.get(name);
    if (type === undefined)
      throw agentErrors.optionInvalid({
        option: "config",
        why: `"${name}" is not known; there are ${[...inFile.keys()].join(", ")}`,
      });
    if (typeof value !== type)
      throw agentErrors.optionInvalid({ option: "config", why: `"${name}" must be a ${type}` });
  }
  return Object.fromEntries(moved);
}

/** The text of a file that an option names. */
export function readOption(option: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw agentErrors.fileUnreadable({ option, path, why: messageOf(error) }, { cause: error });
  }
}

/** Who the device is, from its file. */
export function connectionOf(settings: RunSettings): ConnectionString {
  const path = settings["connection-string-file"];
  if (path === undefined) throw agentErrors.optionMissing({ option: "connection-string-file" });
  return parseConnectionString(readOption("connection-string-file", path));
}

/** How the hub is reached: over which protocol, through which proxy, and with which certificates. */
export function reachOf(settings: RunSettings) {
  const { transport = "mqtt", proxy, ca, address } = settings;
  if (transport !== "mqtt" && transport !== "websocket")
    throw agentErrors.optionInvalid({
      option: "transport",
      why: `${transport} is neither mqtt nor websocket`,
    });
  const { "certificate-file": certificate, "key-file": key } = settings;
  if ((certificate === undefined) !== (key === undefined))
    throw agentErrors.optionMissing({ option: certificate === undefined ? "certificate-file" : "key-file" });
  return {
    isWebSocket: transport === "websocket",
    ...(proxy ? { proxy } : {}),
    ...(address ? { address } : {}),
    ...(ca ? { ca: readOption("ca", ca) } : {}),
    ...(certificate && key
      ? {
          certificate: {
            cert: readOption("certificate-file", certificate),
            key: readOption("key-file", key),
          },
        }
      : {}),
  };
}

/** Room on disk; undefined when nothing was said. */
export function outboxBytesOf(settings: RunSettings): number | undefined {
  const text = settings["outbox-bytes"];
  if (text === undefined) return undefined;
  const bytes = Number(text);
  if (!Number.isInteger(bytes) || bytes < 8_192)
    throw agentErrors.optionInvalid({
      option: "outbox-bytes",
      why: `${text} is not a whole number of at least 8192`,
    });
  return bytes;
}
