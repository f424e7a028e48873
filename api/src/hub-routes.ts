import { Type } from "typebox";
import type { Route } from "./route.js";
import { instant, next, oneOf, page, text, whole } from "./shapes.js";

const deviceId = Type.String({
  pattern: "^[A-Za-z0-9\\-:.+%_#*?!(),=@;$']{1,128}$",
  description: "Device id.",
});
const moduleId = Type.Optional(text("Module of the device; the device itself without it.", 128));
const device = Type.Object({ id: deviceId });
const name = Type.Object({ name: text("Its name.", 128) });
const anything = Type.Record(Type.String(), Type.Unknown());
const keyChoice = oneOf(
  ["primary", "secondary", "swap"],
  "Which key is made anew; swap makes the secondary the primary.",
);
const rights = [
  "registryRead",
  "registryWrite",
  "serviceConnect",
  "deviceConnect",
  "enrollmentRead",
  "enrollmentWrite",
  "registrationStatusRead",
  "registrationStatusWrite",
] as const;

const certificate = Type.Object({
  name: text("Its name.", 64),
  subject: text("Subject.", 500),
  thumbprint: text("SHA-1, hexadecimal."),
  notBefore: instant("Valid from."),
  notAfter: instant("Valid until."),
  isVerified: Type.Boolean({ description: "Whether somebody proved to have its key." }),
  verificationCode: text("What the common name of the proof must be; empty until it is asked for."),
});
const policy = Type.Object({
  name: text("Its name.", 64),
  rights: Type.Array(oneOf(rights, "A right.")),
  isBuiltIn: Type.Boolean({ description: "Whether every hub has it." }),
  keysUpdatedTime: instant("When a key was last made."),
});
const policyConnection = Type.Object({
  primary: text("Connection string with the primary key.", 1_000),
  secondary: text("Connection string with the secondary key.", 1_000),
  eventHub: text("Connection string for readers of the Event Hub-compatible endpoint.", 1_000),
});
const ipRule = Type.Object({
  name: text("Its name.", 128),
  action: oneOf(["accept", "reject"], "What it does with addresses that fit."),
  mask: text("An address or CIDR range.", 64),
});
const ipRules = Type.Object({
  rules: Type.Array(ipRule, { maxItems: 100, description: "The first rule that fits decides." }),
});
const cutOff = Type.Object({
  cutOff: Type.Array(
    Type.Object({
      deviceId: text("Device id.", 128),
      moduleId: text("Module id.", 128),
      ipAddress: text("Where it connects from."),
      rule: text("The rule that refuses it.", 128),
    }),
    { description: "Those connected now that the rules refuse." },
  ),
});
const diagnostic = Type.Object({
  categories: Type.Array(text("Category of the operation log.", 64), { maxItems: 50 }),
  isEnabled: Type.Boolean({ description: "Whether it is in force." }),
  masksAddresses: Type.Boolean({ description: "Whether the last part of addresses is left out." }),
});

const snapshot = Type.Object({
  hubName: text("The name the hub gives away."),
  idScope: text("What devices name the provisioning service by."),
  tls: Type.Object({
    minVersion: text("Oldest version spoken."),
    subject: text("Subject.", 500),
    notAfter: instant("Valid until."),
  }),
  tier: text("Tier that throttles follow."),
  units: whole("Units of the tier."),
  devices: whole("Registered devices."),
  enabledDevices: whole("Enabled ones."),
  connected: whole("Identities that are connected."),
  enrolments: whole("Individual enrolments."),
  enrolmentGroups: whole("Enrolment groups."),
  certificates: whole("Certificate authorities."),
  jobs: whole("Jobs that wait or run."),
});

/** The hub itself: certificates, policies, IP filter, diagnostics. */
const settings = {
  "GET /hub": { about: "How the hub is configured, in short.", role: "viewer", reply: snapshot },
  "GET /hub/certificates": {
    about: "Certificate authorities that devices' certificates may come from.",
    role: "viewer",
    reply: Type.Object({ certificates: Type.Array(certificate) }),
  },
  "PUT /hub/certificates/{name}": {
    about: "Uploads a certificate authority, or replaces one.",
    role: "admin",
    audit: "hub.certificates.put",
    params: name,
    body: Type.Object({
      certificate: text("PEM, or base64 of DER.", 16_384),
      isVerified: Type.Optional(Type.Boolean({ description: "Taken without a proof of possession." })),
    }),
    reply: certificate,
  },
  "POST /hub/certificates/{name}/code": {
    about: "Makes the code that the common name of the proof of possession must be.",
    role: "admin",
    audit: "hub.certificates.code",
    params: name,
    reply: certificate,
  },
  "POST /hub/certificates/{name}/verify": {
    about:
      "Takes the proof of possession: a certificate signed by the authority, with the code as common name.",
    role: "admin",
    audit: "hub.certificates.verify",
    params: name,
    body: Type.Object({ proof: text("PEM, or base64 of DER.", 16_384) }),
    reply: certificate,
  },
  "DELETE /hub/certificates/{name}": {
    about: "Removes a certificate authority; its devices are refused from then on.",
    role: "admin",
    audit: "hub.certificates.remove",
    params: name,
  },
  "GET /hub/policies": {
    about: "Shared access policies without their keys.",
    role: "viewer",
    reply: Type.Object({ policies: Type.Array(policy) }),
  },
  "PUT /hub/policies/{name}": {
    about: "Makes a policy with the least rights that a service application needs, or changes its rights.",
    role: "admin",
    audit: "hub.policies.put",
    params: name,
    body: Type.Object({
      rights: Type.Array(oneOf(rights, "A right."), { minItems: 1, maxItems: rights.length }),
    }),
    reply: policy,
  },
  "POST /hub/policies/{name}/connection": {
    about: "Answers the connection strings of a policy.",
    role: "admin",
    audit: "hub.policies.connection",
    params: name,
    reply: policyConnection,
  },
  "POST /hub/policies/{name}/keys": {
    about: "Makes a key of a policy anew; who uses the old one is refused from then on.",
    role: "admin",
    audit: "hub.policies.keys",
    params: name,
    body: Type.Object({ key: keyChoice }),
    reply: policyConnection,
  },
  "DELETE /hub/policies/{name}": {
    about: "Removes a policy of the operator's own.",
    role: "admin",
    audit: "hub.policies.remove",
    params: name,
  },
  "GET /hub/ip-filter": { about: "Rules of the IP filter in their order.", role: "viewer", reply: ipRules },
  "POST /hub/ip-filter/preview": {
    about: "Who of those connected now these rules would cut off.",
    role: "admin",
    audit: "hub.ip-filter.preview",
    body: ipRules,
    reply: cutOff,
  },
  "PUT /hub/ip-filter": {
    about: "Replaces the rules of the IP filter and ends connections that they refuse.",
    role: "admin",
    audit: "hub.ip-filter.set",
    body: ipRules,
    reply: cutOff,
  },
  "GET /hub/diagnostics": {
    about: "Which categories of the operation log are kept.",
    role: "viewer",
    reply: Type.Object({
      categories: Type.Array(text("Every category.", 64)),
      settings: Type.Array(Type.Intersect([name, diagnostic])),
    }),
  },
  "PUT /hub/diagnostics/{name}": {
    about: "Adds a diagnostic setting or changes one.",
    role: "admin",
    audit: "hub.diagnostics.put",
    params: name,
    body: diagnostic,
  },
  "DELETE /hub/diagnostics/{name}": {
    about: "Removes a diagnostic setting.",
    role: "admin",
    audit: "hub.diagnostics.remove",
    params: name,
  },
} as const satisfies Readonly<Record<string, Route>>;

const command = Type.Object({
  messageId: text("Message id.", 128),
  enqueuedTime: instant("When it was sent."),
  expiresTime: Type.Optional(instant("When it is thrown away.")),
  bytes: whole("Bytes of its body."),
  deliveryCount: whole("How often it was handed over."),
});

/** One device at the hub: keys, twins, the queue of commands. */
const devices = {
  "GET /hub/devices/{id}/twin": {
    about: "Identity and twin of a device or module as the hub keeps it, without keys.",
    role: "viewer",
    params: device,
    query: Type.Object({ moduleId }),
    reply: Type.Object({ identity: anything, twin: anything, modules: Type.Array(text("Module id.", 128)) }),
  },
  "PATCH /hub/devices/{id}/twin": {
    about: "Changes tags or desired properties by merge patch; null removes.",
    role: "admin",
    audit: "hub.twins.change",
    params: device,
    body: Type.Object({
      moduleId,
      tags: Type.Optional(anything),
      desired: Type.Optional(anything),
      etag: Type.Optional(text("Only when the twin still has this ETag.")),
    }),
    reply: Type.Object({ twin: anything }),
  },
  "POST /hub/devices/{id}/keys": {
    about: "Makes a key of a device or module anew, or swaps the two; open connections are ended.",
    role: "admin",
    audit: "hub.devices.keys",
    params: device,
    body: Type.Object({ moduleId, key: keyChoice }),
    reply: Type.Object({ connectionString: text("With the primary key.", 1_000) }),
  },
  "GET /hub/devices/{id}/commands": {
    about: "Cloud-to-device messages that wait for a device.",
    role: "viewer",
    params: device,
    reply: Type.Object({ pending: whole("How many wait."), commands: Type.Array(command) }),
  },
  "DELETE /hub/devices/{id}/commands": {
    about: "Throws away the cloud-to-device messages that wait for a device.",
    role: "admin",
    audit: "hub.commands.purge",
    params: device,
    reply: Type.Object({ purged: whole("How many there were.") }),
  },
  "POST /hub/query": {
    about: "Asks about twins and jobs in the hub's own query language.",
    role: "viewer",
    audit: "hub.query",
    body: Type.Object({ query: text("The query.", 8_192), limit: page.limit, cursor: page.cursor }),
    reply: Type.Object({ rows: Type.Array(anything), next: Type.Optional(text("Pass as `cursor`.", 4_096)) }),
  },
} as const satisfies Readonly<Record<string, Route>>;

const kindAndId = Type.Object({
  kind: oneOf(["individual", "group"], "One device, or a group."),
  id: text("Registration id, or the group's id.", 128),
});

/** Devices that may come, settings that reach a fleet, jobs, readers. */
const fleet = {
  "GET /hub/enrolments/{kind}": {
    about: "Enrolments of a kind, as the provisioning service's REST calls give them.",
    role: "viewer",
    params: Type.Object({ kind: oneOf(["individual", "group"], "One device each, or groups.") }),
    query: Type.Object({ ...page }),
    reply: Type.Object({ enrolments: Type.Array(anything), next }),
  },
  "PUT /hub/enrolments/{kind}/{id}": {
    about: "Makes an enrolment or changes it, in the form of the provisioning service.",
    role: "admin",
    audit: "hub.enrolments.put",
    params: kindAndId,
    body: anything,
    reply: anything,
  },
  "POST /hub/enrolments/{kind}/{id}/keys": {
    about: "Answers the keys of an enrolment; of a group also one device's own key.",
    role: "admin",
    audit: "hub.enrolments.keys",
    params: kindAndId,
    body: Type.Object({ registrationId: Type.Optional(text("The device whose own key is wanted.", 128)) }),
    reply: Type.Object({
      primaryKey: text("Base64."),
      secondaryKey: text("Base64."),
      deviceKey: Type.Optional(text("The device's own key, base64.")),
    }),
  },
  "DELETE /hub/enrolments/{kind}/{id}": {
    about: "Removes an enrolment; devices that came stay registered.",
    role: "admin",
    audit: "hub.enrolments.remove",
    params: kindAndId,
  },
  "GET /hub/configurations": {
    about: "Automatic configurations with the numbers of their rollout.",
    role: "viewer",
    reply: Type.Object({
      configurations: Type.Array(anything),
      rollout: Type.Optional(
        Type.Object({
          looked: whole("Devices looked at."),
          changed: whole("Twins changed."),
          total: whole("Devices in all."),
          startedAt: instant("When the pass began."),
          finishedAt: Type.Optional(instant("When it was through.")),
        }),
      ),
    }),
  },
  "PUT /hub/configurations/{name}": {
    about: "Makes an automatic configuration or changes its target, priority, labels and metrics.",
    role: "admin",
    audit: "hub.configurations.put",
    params: name,
    body: anything,
    reply: anything,
  },
  "DELETE /hub/configurations/{name}": {
    about: "Removes an automatic configuration; twins keep what they have, or get the next one's.",
    role: "admin",
    audit: "hub.configurations.remove",
    params: name,
  },
  "GET /hub/jobs": {
    about: "Jobs on many devices with their progress.",
    role: "viewer",
    query: Type.Object({ ...page, status: Type.Optional(text("Only this status.")) }),
    reply: Type.Object({ jobs: Type.Array(anything), next }),
  },
  "DELETE /hub/jobs/{name}": {
    about: "Cancels a job that waits or runs.",
    role: "admin",
    audit: "hub.jobs.cancel",
    params: name,
  },
  "GET /hub/consumer-groups": {
    about: "Consumer groups of the Event Hub-compatible endpoint.",
    role: "viewer",
    reply: Type.Object({
      groups: Type.Array(text("Its name.", 64)),
      readers: whole("Readers that are connected."),
    }),
  },
  "PUT /hub/consumer-groups/{name}": {
    about: "Adds a consumer group.",
    role: "admin",
    audit: "hub.consumer-groups.add",
    params: name,
  },
  "DELETE /hub/consumer-groups/{name}": {
    about: "Removes a consumer group.",
    role: "admin",
    audit: "hub.consumer-groups.remove",
    params: name,
  },
} as const satisfies Readonly<Record<string, Route>>;

/** Administration of the hub. */
export const hubRoutes = { ...settings, ...devices, ...fleet };
