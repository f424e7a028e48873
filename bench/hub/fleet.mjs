// Many devices that connect, stay, and tell when they are told something; in one process, over raw TLS sockets.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { connect, createSecureContext } from "node:tls";
import mqtt from "mqtt-packet";
import { given } from "./process.mjs";

const { port, ca, clients, atOnce, subscribe, stays = false } = given();
const secureContext = createSecureContext({ ca: readFileSync(ca) });
const PUBLISH = 3;
const PUBACK = 4;
const state = { connected: 0, refused: 0, pushed: 0, acknowledged: 0, lost: 0 };
/** The topic of each socket that is in. */
const sockets = new Map();

function open(client) {
  const { clientId, username, password } = client;
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", servername: "localhost", secureContext });
    let isIn = false;
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      if (isIn) state.connected -= 1;
      resolve(isIn);
    });
    socket.on("secureConnect", () =>
      socket.write(
        mqtt.generate({ cmd: "connect", clientId, username, password, keepalive: 600, clean: false }),
      ),
    );
    socket.on("data", (chunk) => {
      if (!isIn) {
        if (chunk[3] !== 0) state.refused += 1;
        else {
          isIn = true;
          state.connected += 1;
          sockets.set(socket, client.topic);
          if (subscribe)
            socket.write(
              mqtt.generate({
                cmd: "subscribe",
                messageId: 1,
                subscriptions: [{ topic: subscribe, qos: 0 }],
              }),
            );
          resolve(true);
        }
        return;
      }
      if (chunk[0] >> 4 === PUBLISH) state.pushed += 1;
      if (chunk[0] >> 4 === PUBACK) state.acknowledged += 1;
    });
  });
}

/** Connects all, so many at a time; those that fail try again until they are in. */
async function connectAll() {
  const waiting = [...clients];
  const began = performance.now();
  const worker = async () => {
    for (let client = waiting.pop(); client; client = waiting.pop()) {
      if (await open(client)) continue;
      state.lost += 1;
      waiting.push(client);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { ...state, ms: performance.now() - began };
}

const answers = {
  connect: connectAll,
  status: () => state,
  /** Each device sends one message with QoS 1. */
  send: () => {
    for (const [socket, topic] of sockets)
      socket.write(mqtt.generate({ cmd: "publish", topic, payload: "x", qos: 1, messageId: 2 }));
    return {};
  },
};
createInterface({ input: process.stdin }).on("line", async (what) =>
  process.stdout.write(`${JSON.stringify(await answers[what]())}\n`),
);
if (!stays) process.on("SIGTERM", () => process.exit(0));
process.stdout.write("ready\n");
