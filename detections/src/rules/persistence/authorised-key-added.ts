import { shown } from "../../rule.js";
import { fieldOf, snapshotRule } from "../../snapshot-rule.js";

/** A key was added that opens an account over SSH. */
export const authorisedKeyAdded = snapshotRule({
  id: "authorised-key-added",
  alertType: "Picket_AuthorisedKeyAdded",
  name: "Key that opens an account added",
  severity: "Medium",
  about: "A key was added that opens an account over SSH.",
  tactics: ["Persistence"],
  techniques: ["T1098.004"],
  remediation: "Ask whose key it is; remove it if nobody knows it, and look at logins with it.",
  falsePositives: ["New colleagues, and new computers of old ones."],
  needs: "the agent's snapshot of keys",
  reads: "SshAuthorizedKeys",
  on: "appears",
  remember: (item) => [
    `${fieldOf(item, "UserName")} ${fieldOf(item, "Fingerprint")}`,
    `${fieldOf(item, "KeyType")} ${fieldOf(item, "KeyComment")}`.trim(),
  ],
  title: (key, deviceId) => `A key was added to ${deviceId} for ${key.split(" ")[0]}`,
  reason: (key, value) =>
    `The key ${shown(key)} (${value}) was not in the last snapshot; it opens the account.`,
  cases: [
    {
      name: "a new key",
      before: [
        {
          UserName: "op",
          Fingerprint: "SHA256:a",
          KeyType: "ssh-ed25519",
          Path: "/home/op/.ssh/authorized_keys",
          KeyComment: "x",
        },
      ],
      after: [
        {
          UserName: "op",
          Fingerprint: "SHA256:a",
          KeyType: "ssh-ed25519",
          Path: "/home/op/.ssh/authorized_keys",
          KeyComment: "x",
        },
        {
          UserName: "op",
          Fingerprint: "SHA256:b",
          KeyType: "ssh-ed25519",
          Path: "/home/op/.ssh/authorized_keys",
          KeyComment: "x",
        },
      ],
      alerts: 1,
    },
    {
      name: "for another account",
      before: [
        {
          UserName: "op",
          Fingerprint: "SHA256:a",
          KeyType: "ssh-ed25519",
          Path: "/home/op/.ssh/authorized_keys",
          KeyComment: "x",
        },
      ],
      after: [
        {
          UserName: "op",
          Fingerprint: "SHA256:a",
          KeyType: "ssh-ed25519",
          Path: "/home/op/.ssh/authorized_keys",
          KeyComment: "x",
        },
        {
          UserName: "root",
          Fingerprint: "SHA256:a",
          KeyType: "ssh-ed25519",
          Path: "/home/root/.ssh/authorized_keys",
          KeyComment: "x",
        },
      ],
      alerts: 1,
    },
    {
      name: "the same",
      before: [
        {
          UserName: "op",
          Fingerprint: "SHA256:a",
          KeyType: "ssh-ed25519",
          Path: "/home/op/.ssh/authorized_keys",
          KeyComment: "x",
        },
      ],
      after: [
        {
          UserName: "op",
          Fingerprint: "SHA256:a",
          KeyType: "ssh-ed25519",
          Path: "/home/op/.ssh/authorized_keys",
          KeyComment: "x",
        },
      ],
      alerts: 0,
    },
    {
      name: "a key goes",
      before: [
        {
          UserName: "op",
          Fingerprint: "SHA256:a",
          KeyType: "ssh-ed25519",
          Path: "/home/op/.ssh/authorized_keys",
          KeyComment: "x",
        },
      ],
      after: [],
      alerts: 0,
    },
  ],
});
