import { recommendations } from "@picket/detections";
import { expect, test } from "vitest";
import { PostureBook } from "./posture-book.js";

const START = Date.parse("2026-03-01T00:00:00Z");
const port = (LocalPort: string): Record<string, unknown> => ({
  Protocol: "tcp",
  LocalAddress: "0.0.0.0",
  LocalPort,
  RemotePort: "*",
});
const book = (): PostureBook => new PostureBook(recommendations, "Hub");
const look = (
  posture: PostureBook,
  ports: readonly string[],
  minute: number,
): ReturnType<PostureBook["take"]> => {
  posture.look("pump-7", { name: "ListeningPorts", at: START + minute * 60_000, items: ports.map(port) });
  return posture.take();
};

test("what is found opens a recommendation with the evidence", () => {
  expect(look(book(), ["80"], 0)).toMatchObject([
    {
      RecommendationId: "IoT_OpenPorts|pump-7",
      RecommendationState: "Active",
      AssessedResourceId: "hub",
      RecommendationAdditionalData: { Endpoints: ["0.0.0.0:80"] },
    },
  ]);
});

test.each([
  { name: "nothing found opens nothing", looks: [[]], states: [] },
  { name: "the same again changes nothing", looks: [["80"], ["80"]], states: ["Active"] },
  { name: "other evidence updates the row", looks: [["80"], ["80", "81"]], states: ["Active", "Active"] },
  { name: "what is gone resolves it", looks: [["80"], []], states: ["Active", "Resolved"] },
  {
    name: "what comes back opens it again",
    looks: [["80"], [], ["80"]],
    states: ["Active", "Resolved", "Active"],
  },
])("$name", ({ looks, states }) => {
  const posture = book();
  const rows = looks.flatMap((ports, minute) => look(posture, ports, minute));
  expect(rows.map((row) => row.RecommendationState)).toEqual(states);
});

test("the time of discovery stays while the evidence changes, and is new after it was resolved", () => {
  const posture = book();
  const first = look(posture, ["80"], 0)[0];
  const second = look(posture, ["81"], 1)[0];
  look(posture, [], 2);
  const third = look(posture, ["80"], 3)[0];
  expect(second?.DiscoveredTimeUTC).toBe(first?.DiscoveredTimeUTC);
  expect(third?.DiscoveredTimeUTC).toBe("2026-03-01T00:03:00.000Z");
  expect(third?.FirstEvaluationDate).toBe(first?.FirstEvaluationDate);
});

test("an open recommendation is cleared by a snapshot after a restart", () => {
  const before = book();
  look(before, ["80"], 0);
  const after = book();
  after.restore(JSON.parse(JSON.stringify(before.save())));
  expect(look(after, [], 1)).toMatchObject([{ RecommendationState: "Resolved" }]);
});
