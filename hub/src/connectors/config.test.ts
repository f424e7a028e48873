import fc from "fast-check";
import { expect, test } from "vitest";
import { readHubSettings } from "../settings.js";
import { TopicPattern } from "./topic-pattern.js";

const none = (): undefined => undefined;
const problemsOf = (value: unknown): string[] => {
  try {
    readHubSettings({ connectors: value }, none);
    return [];
  } catch (error) {
    return String(error instanceof Error ? error.message : error)
      .split("\n  ")
      .slice(1);
  }
};

const hub =
  "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=service;SharedAccessKey=a2V5;EntityPath=x";

test.each([
  { name: "no list", value: {}, problems: ["connectors: must be a list"] },
  { name: "no object", value: ["x"], problems: ["connectors[0]: must be an object"] },
  {
    name: "an unknown kind",
    value: [{ kind: "nats", name: "a" }],
    problems: ['connectors[0].kind: must be "azureIotHub" or "mqtt" or "kafka"'],
  },
  {
    name: "a slip of the pen",
    value: [{ kind: "azureIotHub", name: "a", eventHub: hub, consumergroup: "x" }],
    problems: [expect.stringContaining("connectors[0].consumergroup: is unknown here; there are")],
  },
  {
    name: "a connection string that is none",
    value: [{ kind: "azureIotHub", name: "a", eventHub: "HostName=x" }],
    problems: [expect.stringContaining("connectors[0].eventHub: must be Endpoint=sb://")],
  },
  {
    name: "a secret that there is not",
    value: [{ kind: "azureIotHub", name: "a", eventHub: "env:HUB" }],
    problems: [expect.stringContaining("connectors[0].eventHub: the environment has no HUB")],
  },
  {
    name: "a topic without a device",
    value: [{ kind: "mqtt", name: "a", url: "mqtt://b", topics: [{ topic: "x/+/y" }] }],
    problems: ["connectors[0].topics[0].topic: needs {device} as one of its levels"],
  },
  {
    name: "two of one name",
    value: [1, 2].map(() => ({ kind: "kafka", name: "k", brokers: ["b:9092"], topics: [{ topic: "t" }] })),
    problems: ["connectors[1].name: k is taken by another connector"],
  },
])("$name is told with its place", ({ value, problems }) => {
  expect(problemsOf(value)).toEqual(expect.arrayContaining(problems));
});

test("what is left out has its usual value, and secrets come from where they are kept", () => {
  const resolve = (source: string, name: string): string => (source === "file" ? `from ${name}` : hub);
  expect(
    readHubSettings(
      {
        connectors: [
          { kind: "azureIotHub", name: "old-hub", eventHub: "env:HUB" },
          {
            kind: "mqtt",
            name: "plant",
            url: "mqtts://broker",
            password: "file:/run/secrets/broker",
            topics: [
              { topic: "devices/{device}/security" },
              { topic: "devices/{device}/#", messages: "telemetry" },
            ],
          },
        ],
      },
      resolve,
    ).connectors,
  ).toMatchObject([
    { eventHub: hub, consumerGroup: "$Default", from: "earliest", registryMinutes: 15 },
    { clientId: "picket-plant", protocolVersion: 5, password: "from /run/secrets/broker" },
  ]);
});

test("whatever stands there, reading it answers", () => {
  fc.assert(fc.property(fc.anything(), (value) => void problemsOf([value])));
  fc.assert(
    fc.property(fc.constantFrom("mqtt", "kafka", "azureIotHub"), fc.object(), (kind, more) => {
      void problemsOf([{ ...more, kind }]);
    }),
  );
});

test.each([
  { pattern: "devices/{device}/security", topic: "devices/pump-7/security", owner: ["pump-7", ""] },
  { pattern: "{device}/{module}/#", topic: "pump-7/agent/a/b", owner: ["pump-7", "agent"] },
  { pattern: "plants/+/{device}", topic: "plants/north/pump-7", owner: ["pump-7", ""] },
  { pattern: "devices/{device}/security", topic: "devices/pump-7/telemetry", owner: undefined },
  { pattern: "devices/{device}", topic: "devices/pump-7/more", owner: undefined },
  { pattern: "devices/{device}", topic: "devices/", owner: undefined },
])("$topic by $pattern is of $owner", ({ pattern, topic, owner }) => {
  const read = TopicPattern.parse(pattern);
  const found = typeof read === "string" ? undefined : read.match(topic);
  expect(found && [found.deviceId, found.moduleId]).toEqual(owner);
});

test.each([
  {
    name: "partitions out of bounds",
    value: { events: { partitions: 99 } },
    problem: "events.partitions: must be a number from 1 to 32",
  },
  {
    name: "a source that there is not",
    value: { events: { sources: ["weather"] } },
    problem: "events.sources: knows",
  },
  {
    name: "another part",
    value: { event: {} },
    problem: "event: is unknown here; there are events, quotas, aliases, linkedHubs, connectors",
  },
  { name: "no object at all", value: 7, problem: "the settings: must be an object" },
])("$name is told with its place", ({ value, problem }) => {
  expect(() => readHubSettings(value, none)).toThrow(problem);
});
