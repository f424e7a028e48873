import { appendFileSync, mkdtempSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { LineTail, RecordTail } from "./file-tail.js";

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "picket-tail-")), "log");
});

describe("a log is followed from its present end", () => {
  test.each([
    {
      name: "what stood there before is not told",
      before: "old\n",
      after: () => appendFileSync(path, "new\n"),
      lines: ["new"],
    },
    {
      name: "a file that comes later is told whole",
      before: undefined,
      after: () => writeFileSync(path, "first\n"),
      lines: ["first"],
    },
    {
      name: "a file that was turned over goes on in the new one",
      before: "old\n",
      after: () => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, "after\n");
      },
      lines: ["after"],
    },
    {
      name: "a file that was emptied begins again",
      before: "old and long\n",
      after: () => {
        truncateSync(path, 0);
        appendFileSync(path, "x\n");
      },
      lines: ["x"],
    },
    {
      name: "a line that is not ended waits",
      before: "",
      after: () => appendFileSync(path, "half"),
      lines: [],
    },
    {
      name: "bytes that are no UTF-8 do no harm",
      before: "",
      after: () => appendFileSync(path, Buffer.from([0xff, 0xfe, 10])),
      lines: ["\ufffd\ufffd"],
    },
  ])("$name", ({ before, after, lines }) => {
    if (before !== undefined) writeFileSync(path, before);
    const tail = new LineTail(path);
    tail.read();
    after();
    expect(tail.read()).toEqual(lines);
  });

  test("a character that is cut between two reads stays whole", () => {
    writeFileSync(path, "");
    const tail = new LineTail(path);
    tail.read();
    const bytes = Buffer.from("é\n");
    appendFileSync(path, bytes.subarray(0, 1));
    expect(tail.read()).toEqual([]);
    appendFileSync(path, bytes.subarray(1));
    expect(tail.read()).toEqual(["é"]);
  });

  test("a line without an end is kept only so far", () => {
    writeFileSync(path, "");
    const tail = new LineTail(path);
    tail.read();
    for (let count = 0; count < 5; count += 1) {
      appendFileSync(path, "x".repeat(60_000));
      tail.read();
    }
    appendFileSync(path, "\n");
    expect(tail.read()[0]?.length).toBeLessThanOrEqual(70_000);
  });

  test("what is written faster than it is read waits, and nothing of it is lost", () => {
    writeFileSync(path, "");
    const tail = new LineTail(path);
    tail.read();
    appendFileSync(path, "0123456789abcdef\n".repeat(100_000));
    const counts = [tail.read(), tail.read(), tail.read()].map((lines) => lines.length);
    expect(counts[0]).toBeLessThan(100_000);
    expect(counts.reduce((total, count) => total + count)).toBe(100_000);
  });
});

test("records are read whole, however they arrive", () => {
  writeFileSync(path, "");
  const tail = new RecordTail(path, 4);
  tail.read();
  appendFileSync(path, "aaaabb");
  expect(tail.read().map(String)).toEqual(["aaaa"]);
  appendFileSync(path, "bbc");
  expect(tail.read().map(String)).toEqual(["bbbb"]);
});
