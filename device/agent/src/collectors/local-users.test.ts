import { describe, expect, test } from "vitest";
import { hostileTexts, hostOf, violationsOf } from "../testing.js";
import { localGroups, localUsers } from "./local-users.js";

const host = (passwd: string, group = "") =>
  hostOf({ files: { "/etc/passwd": passwd, "/etc/group": group } });

describe("accounts", () => {
  test.each([
    {
      name: "the primary group stands first",
      passwd: "op:x:1000:1000::/home/op:/bin/sh",
      group: "adm:x:4:op\nop:x:1000:",
      item: { UserName: "op", UserId: "1000", GroupNames: "op;adm", GroupIds: "1000;4" },
    },
    {
      name: "a primary group that has no name is told by its number",
      passwd: "op:x:1000:77::/:/bin/sh",
      group: "adm:x:4:op",
      item: { GroupNames: "77;adm", GroupIds: "77;4" },
    },
    {
      name: "two groups of one number are both told",
      passwd: "op:x:1:5::/:/bin/sh",
      group: "a:x:5:\nb:x:5:",
      item: { GroupNames: "a;b", GroupIds: "5;5" },
    },
    {
      name: "a name like what every object has is a name",
      passwd: "constructor:x:1:5::/:/bin/sh",
      group: "",
      item: { UserName: "constructor", GroupNames: "5" },
    },
  ])("$name", async ({ passwd, group, item }) => {
    const items = await localUsers.collect(host(passwd, group));
    expect(items).toMatchObject([item]);
    expect(violationsOf("LocalUsers", items ?? [])).toEqual([]);
  });

  test.each(hostileTexts)("a line that is $name is no account", async ({ text }) => {
    const items = await localUsers.collect(host(`${text}\nop:x:1000:1000::/:/bin/sh`));
    expect(items?.map(({ UserName }) => UserName)).toEqual(["op"]);
  });

  test("accounts of elsewhere and lines cut short are passed over", async () => {
    const items = await localUsers.collect(host("+@admins::::::\n-eve:x:1\n# x\nroot:x:\n"));
    expect(items).toEqual([]);
  });

  test("a hundred thousand accounts and groups are read", async () => {
    const many = Array.from({ length: 100_000 }, (_, index) => index);
    const passwd = many.map((id) => `u${id}:x:${id}:${id}::/:/bin/sh`).join("\n");
    const group = many.map((id) => `g${id}:x:${id}:u${(id + 1) % many.length}`).join("\n");
    const items = await localUsers.collect(host(passwd, group));
    expect(items).toHaveLength(100_000);
    expect(items?.[1]).toMatchObject({ GroupNames: "g1;g0" });
  });
});

test("a group names its members, those whose primary group it is included", async () => {
  const items = await localGroups.collect(host("op:x:1000:4::/:/bin/sh", "adm:x:4:eve,op\nnone:x:9:"));
  expect(items).toEqual([
    { GroupName: "adm", GroupId: "4", Members: "op;eve" },
    { GroupName: "none", GroupId: "9", Members: "" },
  ]);
});
