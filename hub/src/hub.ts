import type { Clock, Closable, Recorder } from "@picket/kit";
import { AmqpDoor } from "./amqp/door.js";
import type { DoorAround } from "./around.js";
import { Attendance } from "./attendance.js";
import { CommandQueues } from "./c2d/command-queues.js";
import { EventEndpoint } from "./events/endpoint.js";
import { Notifications } from "./events/notifications.js";
import { HttpsDoor } from "./https/door.js";
import type { WebSocketTakers } from "./https/web-sockets.js";
import { Authenticator } from "./identity/authenticator.js";
import { Certificates } from "./identity/certificates.js";
import { type Identity, Registry } from "./identity/registry.js";
import { Intake } from "./messages/intake.js";
import { MqttDoor } from "./mqtt/door.js";
import { DeviceCounters } from "./operations/device-counters.js";
import { OperationLog } from "./operations/operation-log.js";
import { Outbound } from "./outbound.js";
import { ServiceSide } from "./service-side.js";
import type { EventLog, HubConfig, HubLimits, KeyValueStore, Outlet, Vault } from "./slots.js";
import { State } from "./state.js";
import { TwinsAndMethods } from "./twins/twins-and-methods.js";

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

const limits: HubLimits = { unackedBytes: 4_194_304, connections: 50_000, connectMs: 10_000 };

/** Opens the front door: MQTT and HTTPS. */
export async function openHub(config: HubConfig, around: HubAround): Promise<Hub> {
  const hub = new Hub(config, around);
  await hub.open();
  return hub;
}

/** The front door, and the registry behind it. */
export class Hub implements Closable {
  readonly registry: Registry;
  readonly twins: TwinsAndMethods;
  readonly authenticator: Authenticator;
  /** The operator's certificate authorities. */
  readonly certificates: Certificates;
  readonly operations: OperationLog;
  /** Cloud-to-device messages and their feedback. */
  readonly commands: CommandQueues;
  /** Queries, jobs and automatic configurations. */
  readonly service: ServiceSide;
  readonly #config: HubConfig;
  readonly #outbound: Outbound;
  readonly #counters: DeviceCounters;
  readonly #intake: Intake;
  readonly #attendance = new Attendance();
  readonly #mqtt: MqttDoor;
  /** Where readers find the hub's messages. */
  readonly events: EventEndpoint | undefined;
  readonly #notifications: Notifications;
  readonly #amqp: AmqpDoor;
  readonly #https: HttpsDoor;

  constructor(config: HubConfig, { outlet, store, vault, recorder, clock, events: log }: HubAround) {
    this.#config = config;
    this.#outbound = new Outbound(outlet, { recorder, clock });
    this.#counters = new DeviceCounters(this.#outbound, clock);
    this.operations = new OperationLog(this.#outbound, { recorder, clock, counters: this.#counters });
    const state = new State(store);
    this.registry = new Registry({ store: state, vault, outbound: this.#outbound, clock });
    this.certificates = new Certificates({ store, clock });
    this.authenticator = new Authenticator({
      certificates: this.certificates,
      registry: this.registry,
      store: state,
      vault,
      clock,
      hostNames: config.hostNames,
    });
    this.commands = new CommandQueues({
      store,
      registry: this.registry,
      operations: this.operations,
      clock,
      recorder,
    });
    this.#intake = new Intake({
      registry: this.registry,
      counters: this.#counters,
      outbound: this.#outbound,
      recorder,
      clock,
    });
    const door: DoorAround = {
      authenticator: this.authenticator,
      registry: this.registry,
      operations: this.operations,
      commands: this.commands,
      intake: this.#intake,
      attendance: this.#attendance,
      outbound: this.#outbound,
      store,
      recorder,
      clock,
      limits: { ...limits, ...config.limits },
    };
    this.#mqtt = new MqttDoor(door, config.tls);
    this.twins = new TwinsAndMethods(this.registry, this.#attendance);
    if (log) {
      const { partitions } = config.events ?? {};
      this.events = new EventEndpoint({ log, store, clock, recorder, ...(partitions ? { partitions } : {}) });
      this.#outbound.countedBy(this.events.index);
    }
    this.#notifications = new Notifications({
      registry: this.registry,
      outbound: this.#outbound,
      clock,
      hubName: config.hostNames[0] ?? "",
      sources: config.events?.sources ?? [],
    });
    const { registry, twins, operations } = this;
    this.service = new ServiceSide({ state, vault, registry, twins, operations, recorder, clock });
    this.#amqp = new AmqpDoor(door, config.tls, this.events);
    const takers: WebSocketTakers = {
      mqtt: (wire) => this.#mqtt.take({ ...wire, protocol: "MqttWs" }),
      AMQPWSB10: ({ stream, socket: { remoteAddress = "" } }) =>
        this.#amqp.take(stream, { protocol: "AmqpWs", address: remoteAddress }),
    };
    this.#https = new HttpsDoor(door, { twins, service: this.service, takers }, config);
  }

  async open(): Promise<void> {
    await this.authenticator.open();
    await this.events?.start();
    await this.service.open();
    await this.#mqtt.listen(this.#config.mqttPort, this.#config.bind);
    await this.#amqp.listen(this.#config.amqpPort, this.#config.bind);
    await this.#https.listen(this.#config.httpsPort, this.#config.bind);
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
    const { blockedSince } = this.#outbound;
    return {
      connections: this.#attendance.count,
      ...this.#intake.totals,
      unackedBytes: this.#mqtt.unackedBytes() + this.#amqp.unackedBytes(),
      refusals: this.operations.refusals,
      ...(blockedSince === undefined ? {} : { blockedSince }),
    };
  }

  /** Takes a record of the server's own into the stream: a decision, an audit entry, a tick. */
  get outbound(): Outbound {
    return this.#outbound;
  }

  async close(): Promise<void> {
    await Promise.all([this.#mqtt.close(), this.#amqp.close(), this.#https.close()]);
    await this.service.close();
    this.#notifications.close();
    this.events?.close();
    this.commands.close();
    this.operations.close();
    this.#counters.close();
    await this.#outbound.drained();
  }
}
