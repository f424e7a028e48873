import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { smallDisk } from "./fixtures/small-disk.js";
import { openKeyValueStore } from "./key-value.js";
import { keyValueContract } from "./testing.js";

const home = mkdtempSync(join(tmpdir(), "picket-state-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("the embedded key-value store", () => {
  keyValueContract(async (name) => openKeyValueStore({ directory: join(home, name) }));
});

const disk = smallDisk(join(home, "small"), 4);
afterAll(() => disk?.unmount());

test.skipIf(!disk)(
  "a write that a full disk refuses changes nothing, and the store goes on when there is room",
  async () => {
    const directory = join(home, "small");
    const ballast = join(directory, "ballast");
    writeFileSync(ballast, Buffer.alloc(2_000_000));
    const store = openKeyValueStore({ directory: join(directory, "state") });
    const pair = (n: number) =>
      ["a", "b"].map((half) => ({
        key: `${String(n).padStart(4, "0")}/${half}`,
        value: Buffer.alloc(60_000, n),
      }));
    let written = 0;
    const fill = async (): Promise<never> => {
      for (;;) {
        await store.write(pair(written));
        written += 1;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: "STREAM_STATE_UNWRITABLE", retry: "later" });
    expect(store.range({ prefix: "", limit: 1_000 })).toHaveLength(written * 2);
    rmSync(ballast);
    await store.write(pair(written));
    expect(store.range({ prefix: "", limit: 1_000 })).toHaveLength(written * 2 + 2);
    await store.close();
  },
);
