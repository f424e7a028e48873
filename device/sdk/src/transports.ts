import { marker } from "@picket/schema";
import type { HubClient } from "./hub-client.js";

/** Takes the body of a security message to a hub; resolves when the hub has acknowledged it. */
export interface Transport {
  send(body: string): Promise<void>;
}

/** Sends over the light client of this package. */
export const overHubClient = (client: Pick<HubClient, "send">): Transport => ({
  send: (body) =>
    client.send(body, { [marker.mqtt]: marker.interfaceId, "$.ct": "application/json", "$.ce": "utf-8" }),
});

/** A message of `azure-iot-device`, as far as it is needed here. */
export interface AzureMessage {
  contentType?: string;
  contentEncoding?: string;
  setAsSecurityMessage(): void;
}

/** Sends over an open `Client` or `ModuleClient` of `azure-iot-device`, of any transport. */
export const overAzureClient = <M extends AzureMessage>(
  client: { sendEvent(message: M): Promise<unknown> },
  Message: new (body: string) => M,
): Transport => ({
  send: async (body) => {
    const message = new Message(body);
    message.contentType = "application/json";
    message.contentEncoding = "utf-8";
    message.setAsSecurityMessage();
    await client.sendEvent(message);
  },
});
