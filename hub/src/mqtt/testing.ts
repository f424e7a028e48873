import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { sasToken, type TestHub } from "../testing.js";

/** A message that a plain MQTT client got. */
export interface Got {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
}

/** A plain MQTT client, with what it got. */
export interface PlainClient {
  readonly client: MqttClient;
  readonly got: Got[];
  /** True when the hub knew the session. */
  readonly isResumed: boolean;
}

/** How a device's plain MQTT client connects. */
export function plainOptions(house: TestHub, clientId: string, more: IClientOptions = {}): IClientOptions {
  const [deviceId = "", moduleId = ""] = clientId.split("/");
  const [key] = house.hub.registry.keys(house.hub.registry.get(deviceId, moduleId));
  const path = moduleId === "" ? `devices/${deviceId}` : `devices/${deviceId}/modules/${moduleId}`;
  return {
    protocol: "mqtts",
    host: house.hostName,
    port: house.mqttPort,
    ca: house.ca,
    clientId,
    username: `${house.hostName}/${clientId}/?api-version=2021-04-12`,
    password: sasToken(`${house.hostName}/${path}`, key),
    reconnectPeriod: 0,
    ...more,
  };
}

/** Connects a plain MQTT client; rejects with the hub's refusal. */
export function connectPlain(
  house: TestHub,
  clientId: string,
  more: IClientOptions = {},
): Promise<PlainClient> {
  const client = connect(plainOptions(house, clientId, more));
  const got: Got[] = [];
  client.on("message", (topic, payload, { qos }) => got.push({ topic, payload: payload.toString(), qos }));
  return new Promise((resolve, reject) => {
    client.once("error", reject);
    client.once("close", () => reject(new Error("closed")));
    client.once("connect", ({ sessionPresent }) => resolve({ client, got, isResumed: sessionPresent }));
  });
}
