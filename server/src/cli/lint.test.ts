import { processCreate, securityMessage } from "@picket/sdk";
import { expect, test } from "vitest";
import { judge } from "./lint.js";

const good = securityMessage({ agentId: "11111111-2222-4333-8444-555555555555", agentVersion: "1.0" }, [
  processCreate({ Executable: "/bin/sh", ProcessId: 7, ParentProcessId: 1, UserId: "0", CommandLine: "sh" }),
]);
const said = (value: unknown): { isGood: boolean; text: string } => {
  const body = Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  const { isGood, lines } = judge(body, "message.json");
  return { isGood, text: lines.join("\n") };
};
const withItem = (item: object): object => ({ ...good, Events: [{ ...good.Events[0], Payload: [item] }] });

test("a good message is good, and what it costs is said", () => {
  const { isGood, text } = said(good);
  expect(isGood).toBe(true);
  expect(text).toContain("A hub takes 1 event with 1 payload item.");
  expect(text).toContain("billed as 1 message of 4 KB");
});

test.each([
  {
    name: "a number as text",
    value: withItem({
      Executable: "/bin/sh",
      ProcessId: "7",
      ParentProcessId: 1,
      UserId: "0",
      CommandLine: "sh",
    }),
    says: ["/Events/0/Payload/0/ProcessId", "is the text", "whole number", "leaves out"],
  },
  {
    name: "a field that an original agent left out",
    value: withItem({ Executable: "/bin/sh", ProcessId: 7, ParentProcessId: 1, CommandLine: "sh" }),
    says: ["1 problem", "UserId is missing", "A hub takes 1 event with 1 payload item."],
  },
  {
    name: "another version",
    value: { ...good, MessageSchemaVersion: "2.0" },
    says: ["MessageSchemaVersion", "A hub leaves all of it out"],
  },
  { name: "a comma too many", value: '{\n  "AgentId": 1,,\n}', says: ["line 2, column 16", "^"] },
  { name: "bytes that are no text", value: "\ud800", says: ["it is not JSON"] },
])("$name is explained", ({ value, says }) => {
  const { isGood, text } = said(value);
  expect(isGood).toBe(false);
  for (const part of says) expect(text).toContain(part);
});
