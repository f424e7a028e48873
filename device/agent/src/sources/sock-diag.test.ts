import { createServer } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closedOf, SockDiag, socketOf, talkingOf } from "./sock-diag.js";

const answer = (family: number, port: number, address: readonly number[], inode: number): Buffer => {
  const body = Buffer.alloc(72);
  body[0] = family;
  body.writeUInt16BE(port, 4);
  Buffer.from(address).copy(body, 8);
  body.writeUInt32LE(inode, 68);
  return body;
};

describe("sockets as the kernel answers", () => {
  test.each([
    {
      name: "IPv4",
      body: answer(2, 22, [127, 0, 0, 1], 7),
      socket: { address: "127.0.0.1", port: 22, inode: "7" },
    },
    {
      name: "IPv6 wildcard",
      body: answer(10, 8883, Array(16).fill(0), 8),
      socket: { address: "::", port: 8883, inode: "8" },
    },
  ])("$name", ({ body, socket }) => {
    expect(socketOf("tcp", body)).toEqual({ protocol: "tcp", ...socket });
  });

  test("an answer that is cut short is none, whatever it holds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 71 }), (bytes) => {
        expect(socketOf("tcp", Buffer.from(bytes))).toBeUndefined();
      }),
    );
  });
});

test("the kernel of this host tells of a port that this test opens", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const diag = new SockDiag();
  const found = diag.waiting().find(({ port }) => typeof address === "object" && port === address?.port);
  diag.close();
  server.close();
  expect(found).toMatchObject({ protocol: "tcp", address: "127.0.0.1" });
});

const attribute = (type: number, data: Buffer): Buffer => {
  const bytes = Buffer.alloc((4 + data.length + 3) & ~3);
  bytes.writeUInt16LE(4 + data.length, 0);
  bytes.writeUInt16LE(type, 2);
  data.copy(bytes, 4);
  return bytes;
};

describe("sockets with another end, as the kernel tells that they were destroyed", () => {
  const socket = answer(2, 50_000, [192, 0, 2, 1], 9);
  socket.writeUInt16BE(443, 6);
  Buffer.from([203, 0, 113, 9]).copy(socket, 24);
  socket.writeUInt32LE(1000, 64);
  const figures = Buffer.alloc(216);
  figures.writeBigUInt64LE(20n, 128);
  figures.writeBigUInt64LE(12n, 200);
  figures.writeBigUInt64LE(2n, 208);
  const both = {
    port: 50_000,
    remotePort: 443,
    address: "192.0.2.1",
    remoteAddress: "203.0.113.9",
    uid: 1000,
  };

  test.each([
    {
      name: "one of TCP with its figures",
      body: Buffer.concat([socket, attribute(2, figures), attribute(5, Buffer.from([6]))]),
      found: { ...both, protocol: "tcp", sent: 10, received: 20 },
    },
    {
      name: "one of UDP",
      body: Buffer.concat([socket, attribute(5, Buffer.from([17]))]),
      found: { ...both, protocol: "udp" },
    },
    {
      name: "one whose figures are of an older kernel",
      body: Buffer.concat([socket, attribute(2, figures.subarray(0, 136))]),
      found: { ...both, received: 20 },
    },
  ])("$name", ({ body, found }) => {
    expect(closedOf(body)).toMatchObject(found);
  });

  test("one without another end is none", () => {
    expect(talkingOf("udp", answer(2, 53, [0, 0, 0, 0], 9))).toBeUndefined();
  });

  test("any bytes are a socket or none, never a failure nor a loop", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), (bytes) => {
        closedOf(Buffer.from(bytes));
        closedOf(Buffer.concat([socket, Buffer.from(bytes)]));
      }),
    );
  });
});
