import { isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressOf, commandLineOf } from "./host-events.js";

const v6 = (...groups: number[]): Buffer => {
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(group, index * 2);
  return bytes;
};

describe("addresses as people write them", () => {
  test.each([
    { name: "IPv4", bytes: Buffer.from([192, 0, 2, 7]), isV6: false, text: "192.0.2.7" },
    { name: "nobody", bytes: v6(), isV6: true, text: "::" },
    { name: "the host itself", bytes: v6(0, 0, 0, 0, 0, 0, 0, 1), isV6: true, text: "::1" },
    { name: "a link's own", bytes: v6(0xfe80, 0, 0, 0, 0, 0, 0, 1), isV6: true, text: "fe80::1" },
    { name: "zeros at the end", bytes: v6(0x2001, 0xdb8), isV6: true, text: "2001:db8::" },
    {
      name: "IPv4 within IPv6",
      bytes: v6(0, 0, 0, 0, 0, 0xffff, 0x7f00, 1),
      isV6: true,
      text: "127.0.0.1",
    },
    {
      name: "the longer run of zeros is shortened",
      bytes: v6(0x2001, 0, 0, 1, 0, 0, 0, 1),
      isV6: true,
      text: "2001:0:0:1::1",
    },
  ])("$name", ({ bytes, isV6, text }) => {
    expect(addressOf(bytes, isV6)).toBe(text);
  });

  test("sixteen bytes are always an address that Node takes, and mean the same", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = addressOf(Buffer.from(bytes), true);
        expect(isIPv6(text)).toBe(true);
        const host = new URL(`http://[${text}]/`).hostname;
        const same = new URL(`http://[${Buffer.from(bytes).toString("hex").match(/.{4}/g)?.join(":")}]/`);
        expect(host).toBe(same.hostname);
      }),
      { examples: [[new Uint8Array(16)]] },
    );
  });
});

describe("command lines", () => {
  test.each([
    { name: "zeros become blanks", bytes: "ls\0-l\0", line: "ls -l" },
    { name: "an empty argument stays visible as two blanks", bytes: "a\0\0b\0", line: "a  b" },
    { name: "zeros at the end are none", bytes: "a\0\0\0", line: "a" },
    { name: "newlines and escapes are kept as they are", bytes: "a\n\u001b[2J\0", line: "a\n\u001b[2J" },
    { name: "nothing is nothing", bytes: "", line: "" },
  ])("$name", ({ bytes, line }) => {
    expect(commandLineOf(Buffer.from(bytes))).toBe(line);
  });

  test("bytes that are no UTF-8 become replacement characters", () => {
    expect(commandLineOf(Buffer.from([0x61, 0xff, 0xfe, 0]))).toBe("a\ufffd\ufffd");
  });
});
