import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Btf } from "./btf.js";
import { wanted } from "./kernel-offsets.js";

const STRUCT = 4;

/** Type information with the given structures; a member's type is the number of a structure, or 0. */
function btfOf(
  structs: readonly { name: string; members: readonly [name: string, type: number, bits: number][] }[],
): Buffer {
  let strings = "\0";
  const place = (text: string): number => {
    if (text === "") return 0;
    const at = strings.length;
    strings += `${text}\0`;
    return at;
  };
  const words = structs.flatMap(({ name, members }) => [
    place(name),
    (STRUCT << 24) | members.length,
    0,
    ...members.flatMap(([member, type, bits]) => [place(member), type, bits]),
  ]);
  const types = Buffer.from(Uint32Array.from(words).buffer);
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt32LE(24, 4);
  header.writeUInt32LE(types.length, 12);
  header.writeUInt32LE(types.length, 16);
  header.writeUInt32LE(strings.length, 20);
  return Buffer.concat([header, types, Buffer.from(strings)]);
}

describe("where members lie", () => {
  const btf = new Btf(
    btfOf([
      {
        name: "outer",
        members: [
          ["first", 0, 0],
          ["", 2, 64],
          ["last", 0, 256],
        ],
      },
      { name: "", members: [["hidden", 0, 32]] },
    ]),
  );
  test.each([
    { name: "a member", member: "last", offset: 32 },
    { name: "a member of an anonymous part", member: "hidden", offset: 12 },
  ])("$name", ({ member, offset }) => {
    expect(btf.offset("outer", member)).toBe(offset);
  });

  test.each([
    { name: "a structure that is not there", struct: "other", member: "first" },
    { name: "a member that is not there", struct: "outer", member: "missing" },
  ])("$name is said by its name", ({ struct, member }) => {
    expect(() => btf.offset(struct, member)).toThrow(`${struct}.${member}`);
  });

  test("structures that hold each other do not go round for ever", () => {
    const round = new Btf(
      btfOf([
        { name: "a", members: [["", 2, 0]] },
        { name: "", members: [["", 1, 0]] },
      ]),
    );
    expect(() => round.offset("a", "x")).toThrow("a.x");
  });

  test("bytes that are none are refused with a reason, never with a crash", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isMarked) => {
        const text = Buffer.from(bytes);
        if (isMarked && text.length > 2) text.writeUInt16LE(0xeb9f, 0);
        try {
          expect(() => new Btf(text).offset("task_struct", "mm")).toThrow(/AGENT|kernel/);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^AGENT_/) });
        }
      }),
    );
  });
});

const own = "/sys/kernel/btf/vmlinux";
test.skipIf(!existsSync(own))(
  "every member that the programs need is in the running kernel (skipped without BTF)",
  () => {
    const btf = new Btf(readFileSync(own));
    for (const [struct, member] of wanted) expect(btf.offset(struct, member)).toBeGreaterThanOrEqual(0);
  },
);
