import type { Server, Socket } from "node:net";
import type { HubIpRule, Protocol } from "@picket/schema";
import ipaddr from "ipaddr.js";
import { hubErrors } from "../errors.js";
import type { OperationLog } from "../operations/operation-log.js";
import type { KeyValueStore } from "../slots.js";

interface Parsed {
  readonly rule: HubIpRule;
  readonly range: readonly [ipaddr.IPv4 | ipaddr.IPv6, number];
}

const KEY = "ip-filter";
const MOST = 100;
const FOUR_PARTS = /^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/;

/** From which addresses the hub is spoken to: the first rule that fits decides, and without one everybody is let in. */
export class IpFilter {
  readonly #store: KeyValueStore;
  readonly #operations: OperationLog;
  readonly #watchers = new Set<() => void>();
  #rules: readonly Parsed[] = [];

  constructor({ store, operations }: { readonly store: KeyValueStore; readonly operations: OperationLog }) {
    this.#store = store;
    this.#operations = operations;
    const bytes = store.get(KEY);
    if (bytes) this.#rules = parsed(JSON.parse(Buffer.from(bytes).toString()));
  }

  /** The rules in their order. */
  get rules(): readonly HubIpRule[] {
    return this.#rules.map(({ rule }) => rule);
  }

  /** Replaces all rules. Connections that are open stay. */
  async set(rules: readonly HubIpRule[]): Promise<void> {
    const checked = parsed(rules);
    await this.#store.write([{ key: KEY, value: Buffer.from(JSON.stringify(rules)) }]);
    this.#rules = checked;
    for (const watcher of this.#watchers) watcher();
  }

  /** Calls the watcher after each change; answers how to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** The rule that refuses an address, if one does. */
  refusing(address: string): HubIpRule | undefined {
    return firstRefusing(this.#rules, address);
  }

  /** Ends connections from refused addresses before they cost a handshake, and logs them. */
  guard(server: Server, protocol: Protocol): void {
    server.prependListener("connection", (socket: Socket) => {
      const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
      const rule = this.refusing(address);
      if (!rule) return;
      socket.destroy();
      this.#operations.tell({
        operationName: "deviceConnect",
        category: "Connections",
        deviceId: "",
        moduleId: "",
        protocol,
        ipAddress: address,
        cause: "addressRefused",
        resultDescription: `A connection from ${address} was refused by the rule ${rule.name}.`,
      });
    });
  }
}

/** Tells which of these rules, which need not be in force, refuses an address. */
export function refuserOf(rules: readonly HubIpRule[]): (address: string) => HubIpRule | undefined {
  const checked = parsed(rules);
  return (address) => firstRefusing(checked, address);
}

function firstRefusing(rules: readonly Parsed[], address: string): HubIpRule | undefined {
  if (rules.length === 0 || !ipaddr.isValid(address)) return undefined;
  const from = ipaddr.process(address);
  const first = rules.find(({ range: [base, bits] }) =>
    from.kind() === base.kind() ? from.match(base, bits) : false,
  );
  return first?.rule.action === "reject" ? first.rule : undefined;
}

function parsed(rules: readonly HubIpRule[]): Parsed[] {
  const refuse = (why: string): never => {
    throw hubErrors.argumentInvalid({ what: "The IP filter", why });
  };
  if (!Array.isArray(rules) || rules.length > MOST) refuse(`it must be a list of at most ${MOST} rules`);
  return rules.map((rule) => {
    const { name, action, mask } = rule;
    if (typeof name !== "string" || !/^[\w .-]{1,128}$/.test(name))
      refuse("each rule needs a name of 1 to 128 letters, digits, spaces or . _ -");
    if (action !== "accept" && action !== "reject") refuse(`the rule ${name} must accept or reject`);
    const cidr = mask.includes("/") ? mask : `${mask}/${mask.includes(":") ? 128 : 32}`;
    // The library also reads 10.1 as an address, which nobody means.
    if (!ipaddr.isValidCIDR(cidr) || !(mask.includes(":") || FOUR_PARTS.test(mask)))
      refuse(`the mask of ${name} is no address or CIDR range`);
    return { rule, range: ipaddr.parseCIDR(cidr) };
  });
}
