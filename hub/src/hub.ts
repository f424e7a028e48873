import type { Clock, Closable, Recorder } from "@picket/kit";
import type { Administration } from "./administration/administration.js";
import type { Diagnostics } from "./administration/diagnostics.js";
import { AmqpDoor } from "./amqp/door.js";
import type { CommandQueues } from "./c2d/command-queues.js";
import { Connectors } from "./connectors/connectors.js";
import { EventEndpoint } from "./events/endpoint.js";
import { Notifications } from "./events/notifications.js";
import { HttpsDoor } from "./https/door.js";
import type { WebSocketTakers } from "./https/web-sockets.js";
import type { Authenticator } from "./identity/authenticator.js";
import type { Certificates } from "./identity/certificates.js";
import type { Identity, Registry } from "./identity/registry.js";
import { assemble, type Inside } from "./inside.js";
import { MqttDoor } from "./mqtt/door.js";
import type { OperationLog } from "./operations/operation-log.js";
import type { Outbound } from "./outbound.js";
import type { Provisioning } from "./provisioning/provisioning.js";
import type { IpFilter } from "./quotas/ip-filter.js";
import type { ServiceSide } from "./service-side.js";
import type { EventLog, HubConfig, KeyValueStore, Outlet, Vault } from "./slots.js";
import type { TwinsAndMethods } from "./twins/twins-and-methods.js";

export interface HubAround {
  readonly outlet: Outlet;
  /** The stream, for readers of the hub's messages; without it the endpoint for them is shut. */
  readonly events?: EventLog;
  readonly store: KeyValueStore;
  readonly vault: Vault;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

/** How the hub is doing. */
export interface HubStatus {
  readonly connections: number;
  readonly messages: number;
  readonly securityMessages: number;
  readonly bytes: number;
  readonly unackedBytes: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** Since when the stream takes nothing, milliseconds since 1970. */
  readonly blockedSince?: number;
}

/** Opens the front door: MQTT and HTTPS. */
export async function openHub(config: HubConfig, around: HubAround): Promise<Hub> {
  const hub = new Hub(config, around);
  await hub.open();
  return hub;
}

/** The front door, and the registry behind it. */
export class Hub implements Closable {
  readonly #config: HubConfig;
  readonly #inside: Inside;
  readonly #around: HubAround;
  readonly #mqtt: MqttDoor;
  /** Where readers find the hub's messages. */
  readonly events: EventEndpoint | undefined;
  /** Sources of messages beside the doors. */
  connectors: Connectors | undefined;
  readonly #notifications: Notifications;
  readonly #amqp: AmqpDoor;
  readonly #https: HttpsDoor;

  constructor(config: HubConfig, around: HubAround) {
    const { store, recorder, clock, events: log } = around;
    const inside = assemble(config, around);
    const { registry, outbound, twins, service } = inside;
    this.#config = config;
    this.#inside = inside;
    this.#around = around;
    this.#mqtt = new MqttDoor(inside, config.tls);
    if (log) {
      const { partitions } = config.events ?? {};
      this.events = new EventEndpoint({ log, store, clock, recorder, ...(partitions ? { partitions } : {}) });
      outbound.countedBy(this.events.index);
    }
    this.#notifications = new Notifications({
      registry,
      outbound,
      clock,
      hubName: config.hostNames[0] ?? "",
      sources: config.events?.sources ?? [],
    });
    this.#amqp = new AmqpDoor(inside, config.tls, this.events);
    const takers: WebSocketTakers = {
      mqtt: (wire) => this.#mqtt.take({ ...wire, protocol: "MqttWs" }),
      AMQPWSB10: ({ stream, socket }) => this.#amqp.take(stream, { protocol: "AmqpWs", socket }),
    };
    this.#https = new HttpsDoor(inside, { twins, service, takers }, config);
  }

  /** The one way back to devices. */
  get twins(): TwinsAndMethods {
    return this.#inside.twins;
  }

  /** Queries, jobs and automatic configurations. */
  get service(): ServiceSide {
    return this.#inside.service;
  }

  /** Gives devices an identity when they come for the first time. */
  get provisioning(): Provisioning {
    return this.#inside.provisioning;
  }

  /** Changes of the hub's own configuration. */
  get administration(): Administration {
    return this.#inside.administration;
  }

  /** Which categories of the operation log are kept. */
  get diagnostics(): Diagnostics {
    return this.#inside.diagnostics;
  }

  get registry(): Registry {
    return this.#inside.registry;
  }

  get authenticator(): Authenticator {
    return this.#inside.authenticator;
  }

  /** The operator's certificate authorities. */
  get certificates(): Certificates {
    return this.#inside.certificates;
  }

  /** From which addresses the hub is spoken to. */
  get ipFilter(): IpFilter {
    return this.#inside.ipFilter;
  }

  get operations(): OperationLog {
    return this.#inside.operations;
  }

  /** Cloud-to-device messages and their feedback. */
  get commands(): CommandQueues {
    return this.#inside.commands;
  }

  async open(): Promise<void> {
    await this.authenticator.open();
    await this.events?.start();
    await this.service.open();
    await this.provisioning.open();
    await this.administration.open();
    await this.#mqtt.listen(this.#config.mqttPort, this.#config.bind);
    await this.#amqp.listen(this.#config.amqpPort, this.#config.bind);
    await this.#https.listen(this.#config.httpsPort, this.#config.bind);
    this.connectors = await Connectors.open(this.#config.connectors ?? [], {
      ...this.#around,
      outbound: this.#inside.outbound,
    });
  }

  /** What a client of an identity connects with. */
  connectionString(identity: Identity): string {
    const [key] = this.registry.keys(identity);
    const host = this.#config.hostNames[0];
    const port = this.#config.mqttPort === 8883 ? "" : `:${this.#config.mqttPort}`;
    const module = identity.moduleId === "" ? "" : `;ModuleId=${identity.moduleId}`;
    return `HostName=${host}${port};DeviceId=${identity.deviceId}${module};SharedAccessKey=${key}`;
  }

  status(): HubStatus {
    const { blockedSince } = this.#inside.outbound;
    return {
      connections: this.#inside.attendance.count,
      ...this.#inside.intake.totals,
      unackedBytes: this.#mqtt.unackedBytes() + this.#amqp.unackedBytes(),
      refusals: this.operations.refusals,
      ...(blockedSince === undefined ? {} : { blockedSince }),
    };
  }

  /** Takes a record of the server's own into the stream: a decision, an audit entry, a tick. */
  get outbound(): Outbound {
    return this.#inside.outbound;
  }

  async close(): Promise<void> {
    await this.connectors?.close();
    await Promise.all([this.#mqtt.close(), this.#amqp.close(), this.#https.close()]);
    await Promise.all([this.service.close(), this.provisioning.close()]);
    this.#notifications.close();
    this.events?.close();
    this.commands.close();
    this.operations.close();
    this.#inside.counters.close();
    await this.#inside.throttles.close();
    await this.#inside.outbound.drained();
  }
}
