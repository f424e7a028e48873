import { createServer } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SockDiag, socketOf } from "./sock-diag.js";

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
