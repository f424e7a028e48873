// QoS 1 publishes over raw TLS sockets from packets made beforehand, so that the generator costs little.
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import mqtt from "mqtt-packet";
import { given } from "./process.mjs";

const { port, ca, clients, bytes, inFlight, warmMs, runMs } = given();
const authority = readFileSync(ca);
let acknowledged = 0;

function publishPacket({ topic }, id) {
  return mqtt.generate({
    cmd: "publish",
    topic,
    payload: Buffer.alloc(bytes, 0x41 + (id % 26)),
    qos: 1,
    messageId: id,
    dup: false,
    retain: false,
  });
}

function run({ clientId, username, password, topic }) {
  const packets = Array.from({ length: inFlight }, (_, index) => publishPacket({ topic }, index + 1));
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca: authority });
    socket.on("error", reject);
    socket.on("secureConnect", () =>
      socket.write(
        mqtt.generate({ cmd: "connect", clientId, username, password, keepalive: 60, clean: true }),
      ),
    );
    let isIn = false;
    let rest = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      if (!isIn) {
        if (data.length < 4) {
          rest = data;
          return;
        }
        if (data[3] !== 0) {
          reject(new Error(`refused with ${data[3]}`));
          return;
        }
        isIn = true;
        data = data.subarray(4);
        socket.write(Buffer.concat(packets));
        resolve(socket);
      }
      const count = data.length >> 2;
      const again = [];
      for (let at = 0; at < count; at += 1) again.push(packets[data.readUInt16BE(at * 4 + 2) - 1]);
      acknowledged += count;
      rest = Buffer.from(data.subarray(count * 4));
      if (again.length > 0) socket.write(again.length === 1 ? again[0] : Buffer.concat(again));
    });
  });
}

await Promise.all(clients.map(run));
await new Promise((resolve) => setTimeout(resolve, warmMs));
process.stdout.write("warm\n");
const before = acknowledged;
await new Promise((resolve) => setTimeout(resolve, runMs));
process.stdout.write(`${acknowledged - before}\n`);
process.exit(0);
