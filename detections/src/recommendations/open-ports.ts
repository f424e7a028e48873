import { recommendation } from "../recommendation.js";

const LOOPBACK =
  /^(?:127\.|::1$|\[?::1\]?$|localhost$|0:0:0:0:0:0:0:1$|0000:0000:0000:0000:0000:0000:0000:0001$)/;
const NOBODY = new Set(["", "0", "*", "undefined"]);

/** A socket that waits: the original's agents also list established ones, told apart by their other end. */
function isOpen(item: Readonly<Record<string, unknown>>): boolean {
  const waits = NOBODY.has(String(item.RemotePort));
  return waits && !/^raw/i.test(String(item.Protocol)) && !LOOPBACK.test(String(item.LocalAddress ?? ""));
}

const endpointOf = (item: Readonly<Record<string, unknown>>): string =>
  `${String(item.LocalAddress ?? "*")}:${String(item.LocalPort)}`;

const portsOf = (endpoints: unknown): string[] =>
  Array.isArray(endpoints)
    ? [...new Set(endpoints.map((endpoint) => String(endpoint).split(":").at(-1) ?? ""))]
        .filter((port) => /^\d{1,5}$/.test(port))
        .slice(0, 50)
    : [];

/** Every port that waits for traffic from outside is a way in. */
export const openPorts = recommendation({
  kind: "snapshot",
  id: "IoT_OpenPorts",
  name: "Open Ports on device",
  severity: "Medium",
  about: "Every port that waits for traffic from outside is a way in.",
  remediation:
    "Stop what is not needed, bind what is needed locally only to 127.0.0.1, and let the firewall admit known sources to the rest.",
  mending: ({ evidence }) => {
    const ports = portsOf(evidence["Endpoints"]);
    const each = (flag: string): string =>
      ports.map((port) => `iptables ${flag} INPUT -p tcp --dport ${port} ! -i lo -j DROP`).join("\n");
    return {
      fix: each("-I"),
      undo: each("-D"),
      check: `! ss -Htln | awk '{print $4}' | grep -v '^127\\.\\|^\\[::1\\]' | grep -Eq ':(${ports.join("|")})$'`,
    };
  },
  reads: "ListeningPorts",
  evaluate: (items) => {
    const open = items.filter(isOpen);
    if (open.length === 0) return undefined;
    const endpoints = [...new Set(open.map(endpointOf))].sort();
    const first = endpoints.slice(0, 5).join(", ");
    const more = endpoints.length > 5 ? ` and ${endpoints.length - 5} more` : "";
    const description = `${endpoints.length} endpoint${endpoints.length === 1 ? " waits" : "s wait"} for traffic from outside: ${first}${more}.`;
    return { description, evidence: { Endpoints: endpoints, Details: open.slice(0, 200) } };
  },
  cases: [
    {
      name: "a listener on all addresses",
      items: [{ Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "8888", RemotePort: "*" }],
      active: true,
    },
    {
      name: "a listener on loopback only",
      items: [{ Protocol: "tcp", LocalAddress: "127.0.0.1", LocalPort: "631", RemotePort: "*" }],
      active: false,
    },
    {
      name: "an established connection of an original agent",
      items: [
        {
          Protocol: "tcp",
          LocalAddress: "10.0.0.2",
          LocalPort: "22",
          RemoteAddress: "10.0.0.9",
          RemotePort: "51234",
        },
      ],
      active: false,
    },
    { name: "nothing listens", items: [], active: false },
  ],
});
