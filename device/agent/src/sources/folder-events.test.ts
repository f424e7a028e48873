import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fileEventsOf } from "./fanotify.js";
import { inotifyEventsOf } from "./inotify.js";

function fanotifyEvent(name: string, mask = 0x100, pid = 44): Buffer {
  const handle = Buffer.from("handle!!");
  const text = Buffer.from(`${name}\0`);
  const size = (20 + handle.length + text.length + 3) & ~3;
  const info = Buffer.alloc(size);
  info[0] = 2;
  info.writeUInt16LE(size, 2);
  info.writeUInt32LE(handle.length, 12);
  handle.copy(info, 20);
  text.copy(info, 20 + handle.length);
  const head = Buffer.alloc(24);
  head.writeUInt32LE(24 + size, 0);
  head[4] = 3;
  head.writeUInt16LE(24, 6);
  head.writeUInt32LE(mask, 8);
  head.writeInt32LE(pid, 20);
  return Buffer.concat([head, info]);
}

function inotifyEvent(name: string, mask = 0x100): Buffer {
  const text = Buffer.alloc((Buffer.byteLength(name) + 16) & ~15);
  text.write(name);
  const head = Buffer.alloc(16);
  head.writeInt32LE(1, 0);
  head.writeUInt32LE(mask, 4);
  head.writeUInt32LE(text.length, 12);
  return Buffer.concat([head, text]);
}

describe("events of fanotify", () => {
  test.each([
    { name: "one", bytes: fanotifyEvent("a"), names: ["a"] },
    { name: "several", bytes: Buffer.concat([fanotifyEvent("a"), fanotifyEvent("bc")]), names: ["a", "bc"] },
    { name: "a name with a newline", bytes: fanotifyEvent("a\nb"), names: ["a\nb"] },
    {
      name: "one that is cut short",
      bytes: Buffer.concat([fanotifyEvent("a"), fanotifyEvent("b").subarray(0, 30)]),
      names: ["a"],
    },
    { name: "an overflow, which has no name", bytes: fanotifyEvent("", 0x4000).subarray(0, 24), names: [] },
    { name: "nothing", bytes: Buffer.alloc(0), names: [] },
  ])("$name", ({ bytes, names }) => {
    expect(fileEventsOf(bytes).map(({ name }) => name)).toEqual(names);
  });
  test("any bytes are events or none, never a failure nor a loop", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void fileEventsOf(Buffer.from(bytes))),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const event = fanotifyEvent("name");
        Buffer.from(bytes).copy(event, 24);
        fileEventsOf(event);
      }),
    );
  });
});

describe("events of inotify", () => {
  test.each([
    { name: "one", bytes: inotifyEvent("a"), names: ["a"] },
    {
      name: "several",
      bytes: Buffer.concat([inotifyEvent("a"), inotifyEvent("a long name of a file")]),
      names: ["a", "a long name of a file"],
    },
    { name: "one that is cut short", bytes: inotifyEvent("a").subarray(0, 20), names: [] },
  ])("$name", ({ bytes, names }) => {
    expect(inotifyEventsOf(bytes).map(({ name }) => name)).toEqual(names);
  });
  test("any bytes are events or none, never a failure nor a loop", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void inotifyEventsOf(Buffer.from(bytes))),
    );
  });
});
