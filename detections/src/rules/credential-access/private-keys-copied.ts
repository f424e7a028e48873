import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";
import { ancestryOf, find, parentOf } from "../../shell/look.js";

const KEY =
  /(?:^|@|=)(?:\/root|\/home\/[^/]+|~)\/\.(?:ssh\/(?:id_[a-z0-9]+|[\w-]+\.(?:pem|key))|ssh\/?|gnupg(?:\/\S*)?)$|\/etc\/(?:ssh\/ssh_host_\w+_key|wireguard\/\S+\.conf|openvpn\/\S+\.(?:key|ovpn)|ipsec\.secrets|ssl\/private\/\S+|pki\/(?:tls\/)?private\/\S+)$/;

/** Private keys of accounts, of the host or of its tunnels are read, copied or packed. */
export const privateKeysCopied = commandRule({
  id: "private-keys-copied",
  alertType: "Picket_PrivateKeysCopied",
  name: "Private keys copied",
  severity: "High",
  about: "Private keys of accounts, of the host or of its tunnels are read, copied or packed.",
  tactics: ["Credential Access", "Collection"],
  techniques: ["T1552.004"],
  falsePositives: ["Backups that copy single key files; they run as root on a timer."],
  witness: [
    ".ssh",
    "ssh_host_",
    ".pem",
    ".key",
    "id_",
    "wireguard",
    "openvpn",
    ".gnupg",
    "ipsec",
    "pki/private",
    "ssl/private",
  ],
  sees: (reading, event) => {
    if (
      /\/(?:dpkg|sshd|ssh-keygen|certbot|cron|rsnapshot|borg|restic)$|borg|restic|rsnapshot|certbot/.test(
        parentOf(event) + ancestryOf(event),
      )
    )
      return undefined;
    const found = find(
      reading,
      /^(?:cat|cp|scp|tar|zip|rsync|base64|curl|xxd|dd|less|head|strings|mv|7z)$/,
      ({ argv }) => argv.slice(1).some((word) => KEY.test(word) && !/\.pub$/.test(word)),
    );
    const own = textOf(event, "UserName");
    return found !== undefined && own !== "" && own !== "root" && found.includes(`/home/${own}/`)
      ? undefined
      : found;
  },
  did: "copied private keys",
  because: "whoever has them is taken for their owner",
  fires: [
    "tar czf /tmp/k.tgz /root/.ssh",
    "cat /home/op/.ssh/id_rsa",
    "cp /etc/ssh/ssh_host_ed25519_key /tmp/k",
    "sh -c base64 /etc/wireguard/wg0.conf",
  ],
  silent: [
    "cat /root/.ssh/id_ed25519.pub",
    "ls -la /root/.ssh",
    "ssh-keygen -y -f /root/.ssh/id_rsa",
    { line: "cp /home/op/.ssh/id_rsa /home/op/usb/", user: "op" },
    "openssl rsa -in /etc/ssl/private/a.key -check",
    "chmod 600 /root/.ssh/id_rsa",
  ],
});
