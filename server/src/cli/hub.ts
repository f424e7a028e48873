import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { clientOf } from "./client.js";
import { enrolmentCommands, fleetCommands } from "./hub-fleet.js";
import { data, formats, type Listed, shown } from "./hub-print.js";

interface Common {
  readonly data?: string;
}

const key = new Option("--key <which>", "which key is made anew; swap makes the secondary the primary")
  .choices(["primary", "secondary", "swap"] as const)
  .default("primary" as const);
type Keyed = Common & { readonly key: "primary" | "secondary" | "swap" };

/** `picket hub`: the hub's own configuration, and what reaches a fleet. */
export function hubCommands(program: Command): void {
  const hub = program
    .command("hub")
    .description("the hub: certificates, policies, addresses, enrolments, rollouts");
  hub
    .command("status")
    .description("how the hub is configured, in short")
    .addOption(data)
    .action(async (options: Common) => {
      const { tls, ...status } = await clientOf(options.data)("GET /hub");
      for (const [name, value] of Object.entries({ ...status, certificateUntil: tls.notAfter }))
        console.log(`${name.padEnd(18)} ${String(value)}`);
    });
  certificateCommands(
    hub.command("certificate").description("authorities that devices' certificates come from"),
  );
  policyCommands(hub.command("policy").description("shared access policies of service applications"));
  ipCommands(hub.command("ip").description("from which addresses the hub is spoken to"));
  keyCommands(hub);
  enrolmentCommands(hub);
  fleetCommands(hub);
}

function certificateCommands(command: Command): void {
  command
    .command("list")
    .description("authorities with whether they are verified")
    .addOption(formats)
    .addOption(data)
    .action(async ({ data: folder, format }: Listed) => {
      const { certificates } = await clientOf(folder)("GET /hub/certificates");
      shown(certificates, ["name", "isVerified", "subject", "thumbprint", "notAfter"], format);
    });
  command
    .command("add <name> <file>")
    .description("upload an authority")
    .option("--verified", "take it without a proof of possession")
    .addOption(data)
    .action(async (name: string, file: string, options: Common & { verified?: boolean }) => {
      const body = { certificate: readFileSync(file, "utf8"), isVerified: options.verified === true };
      const { subject, isVerified } = await clientOf(options.data)("PUT /hub/certificates/{name}", {
        params: { name },
        body,
      });
      console.log(
        isVerified
          ? `${subject} is trusted.`
          : `${subject} is there; prove that you have its key:\n  picket hub certificate code ${name}`,
      );
    });
  command
    .command("code <name>")
    .description("print the verification code, and how to make the proof")
    .addOption(data)
    .action(async (name: string, options: Common) => {
      const { verificationCode } = await clientOf(options.data)("POST /hub/certificates/{name}/code", {
        params: { name },
      });
      console.log(proofHelp(name, verificationCode));
    });
  command
    .command("verify <name> <file>")
    .description("hand in the proof of possession")
    .addOption(data)
    .action(async (name: string, file: string, options: Common) => {
      const body = { proof: readFileSync(file, "utf8") };
      const { subject } = await clientOf(options.data)("POST /hub/certificates/{name}/verify", {
        params: { name },
        body,
      });
      console.log(`${subject} is trusted.`);
    });
  command
    .command("remove <name>")
    .description("remove an authority; its devices are refused from then on")
    .addOption(data)
    .action(async (name: string, options: Common) => {
      await clientOf(options.data)("DELETE /hub/certificates/{name}", { params: { name } });
    });
}

const proofHelp = (name: string, code: string): string =>
  [
    `The verification code is ${code}. Make a certificate with it as common name, signed by the authority:`,
    "",
    `  openssl req -new -newkey rsa:2048 -nodes -keyout proof.key -out proof.csr -subj /CN=${code}`,
    "  openssl x509 -req -in proof.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 1 -out proof.pem",
    `  picket hub certificate verify ${name} proof.pem`,
  ].join("\n");

function policyCommands(command: Command): void {
  command
    .command("list")
    .description("policies with their rights")
    .addOption(formats)
    .addOption(data)
    .action(async ({ data: folder, format }: Listed) => {
      const { policies } = await clientOf(folder)("GET /hub/policies");
      shown(policies, ["name", "rights", "isBuiltIn", "keysUpdatedTime"], format);
    });
  command
    .command("add <name> <rights...>")
    .description("make a policy that allows only what its application needs")
    .addOption(data)
    .action(async (name: string, rights: string[], options: Common) => {
      const client = clientOf(options.data);
      // The server knows the rights, and says which there are.
      const body = { rights: rights as "registryRead"[] };
      await client("PUT /hub/policies/{name}", { params: { name }, body });
      console.log((await client("POST /hub/policies/{name}/connection", { params: { name } })).primary);
    });
  command
    .command("connection <name>")
    .description("print the connection string of a policy")
    .option("--event-hub", "for readers of the Event Hub-compatible endpoint")
    .addOption(data)
    .action(async (name: string, options: Common & { readonly eventHub?: boolean }) => {
      const strings = await clientOf(options.data)("POST /hub/policies/{name}/connection", {
        params: { name },
      });
      console.log(options.eventHub ? strings.eventHub : strings.primary);
    });
  command
    .command("roll <name>")
    .description("make a key anew")
    .addOption(key)
    .addOption(data)
    .action(async (name: string, options: Keyed) => {
      const body = { key: options.key };
      const { primary } = await clientOf(options.data)("POST /hub/policies/{name}/keys", {
        params: { name },
        body,
      });
      console.log(primary);
    });
  command
    .command("remove <name>")
    .description("remove a policy of your own")
    .addOption(data)
    .action(async (name: string, options: Common) => {
      await clientOf(options.data)("DELETE /hub/policies/{name}", { params: { name } });
    });
}

interface IpRule {
  readonly name: string;
  readonly action: "accept" | "reject";
  readonly mask: string;
}

/** Reads `accept:10.0.0.0/8` or `reject:0.0.0.0/0`. */
function ruleOf(text: string, index: number): IpRule {
  const [action = "", ...mask] = text.split(":");
  return { name: `rule ${index + 1}`, action: action === "accept" ? action : "reject", mask: mask.join(":") };
}

function ipCommands(command: Command): void {
  command
    .command("show")
    .description("rules of the IP filter in their order")
    .addOption(formats)
    .addOption(data)
    .action(async ({ data: folder, format }: Listed) => {
      const { rules } = await clientOf(folder)("GET /hub/ip-filter");
      shown(rules, ["name", "action", "mask"], format);
    });
  command
    .command("preview <rules...>")
    .description("who would be cut off; a rule is accept:CIDR or reject:CIDR, the first that fits decides")
    .addOption(formats)
    .addOption(data)
    .action(async (rules: string[], { data: folder, format }: Listed) => {
      const { cutOff } = await clientOf(folder)("POST /hub/ip-filter/preview", {
        body: { rules: rules.map(ruleOf) },
      });
      shown(cutOff, ["deviceId", "moduleId", "ipAddress", "rule"], format);
    });
  command
    .command("set [rules...]")
    .description("replace all rules; none lets everybody in")
    .addOption(data)
    .action(async (rules: string[], options: Common) => {
      const { cutOff } = await clientOf(options.data)("PUT /hub/ip-filter", {
        body: { rules: rules.map(ruleOf) },
      });
      console.log(
        `${rules.length} rule${rules.length === 1 ? "" : "s"} in force; ${cutOff.length} connection${cutOff.length === 1 ? "" : "s"} ended.`,
      );
    });
}

function keyCommands(hub: Command): void {
  hub
    .command("roll-key <device> [module]")
    .description("make a key of a device or module anew and print its connection string")
    .addOption(key)
    .addOption(data)
    .action(async (id: string, moduleId: string | undefined, options: Keyed) => {
      const body = { key: options.key, ...(moduleId ? { moduleId } : {}) };
      const { connectionString } = await clientOf(options.data)("POST /hub/devices/{id}/keys", {
        params: { id },
        body,
      });
      console.log(connectionString);
    });
  hub
    .command("purge <device>")
    .description("throw away the cloud-to-device messages that wait for a device")
    .addOption(data)
    .action(async (id: string, options: Common) => {
      const { purged } = await clientOf(options.data)("DELETE /hub/devices/{id}/commands", {
        params: { id },
      });
      console.log(`${purged} message${purged === 1 ? "" : "s"} thrown away.`);
    });
}
