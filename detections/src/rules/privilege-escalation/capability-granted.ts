import { commandRule } from "../../command-rule.js";
import { ancestryOf, find, parentOf } from "../../shell/look.js";

/** A program was given a capability that makes it root in all but name. */
export const capabilityGranted = commandRule({
  id: "capability-granted",
  alertType: "Picket_CapabilityGranted",
  name: "Capability of root put on a program",
  severity: "High",
  about: "A program was given a capability that makes it root in all but name.",
  tactics: ["Privilege Escalation", "Persistence"],
  techniques: ["T1548.001"],
  falsePositives: [
    "Administrators who let a network tool open low ports or raw sockets; those capabilities are left alone.",
  ],
  witness: ["setcap"],
  sees: (reading, event) =>
    /\/(?:dpkg|rpm|apk)$/.test(parentOf(event)) || /dpkg/.test(ancestryOf(event))
      ? undefined
      : find(reading, /^setcap$/, ({ text }) =>
          /cap_(?:setuid|setgid|sys_admin|sys_ptrace|sys_module|dac_override|dac_read_search|chown|fowner|setfcap|sys_rawio|all)\b|=ep\b\s*\/|\s=eip/i.test(
            text,
          ),
        ),
  did: "put a capability of root on a program",
  because: "the program can become root, read every file or change the kernel",
  fires: [
    "setcap cap_setuid+ep /usr/bin/python3.11",
    "setcap cap_dac_read_search=ep /tmp/tar",
    "setcap cap_sys_admin,cap_sys_ptrace+ep /usr/bin/gdb",
  ],
  silent: [
    "setcap cap_net_bind_service=+ep /opt/app/server",
    "setcap cap_net_raw+ep /bin/ping",
    "setcap -r /usr/bin/python3.11",
    { line: "setcap cap_setuid+ep /usr/bin/newuidmap", parent: "/usr/bin/dpkg" },
    "getcap -r /usr/bin",
    "setcap -v cap_net_raw+ep /bin/ping",
  ],
});
