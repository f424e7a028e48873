import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { clientOf } from "./client.js";
import { data, formats, type Listed, shown } from "./hub-print.js";

interface Common {
  readonly data?: string;
}

/** `picket hub enrol`: devices that may come. */
export function enrolmentCommands(hub: Command): void {
  const command = hub.command("enrol").description("devices that may come by themselves");
  command
    .command("list")
    .description("enrolments with what became of their devices")
    .option("--groups", "groups instead of single devices")
    .addOption(formats)
    .addOption(data)
    .action(async ({ groups, data: folder, format }: Listed & { groups?: boolean }) => {
      const kind = groups ? "group" : "individual";
      const { enrolments } = await clientOf(folder)("GET /hub/enrolments/{kind}", {
        params: { kind },
        query: { limit: 500 },
      });
      const id = groups ? "enrollmentGroupId" : "registrationId";
      shown(
        enrolments,
        [
          id,
          "attestation.type",
          "provisioningStatus",
          "registrationState.status",
          "registrationState.deviceId",
        ],
        format,
      );
    });
  command
    .command("group <id>")
    .description("enrol a group by a key, or by its authority's certificate")
    .option("--certificate <file>", "PEM of the authority")
    .addOption(data)
    .action(async (id: string, options: Common & { certificate?: string }) => {
      const client = clientOf(options.data);
      const attestation = options.certificate
        ? {
            type: "x509",
            x509: {
              signingCertificates: { primary: { certificate: readFileSync(options.certificate, "utf8") } },
            },
          }
        : { type: "symmetricKey" };
      const params = { kind: "group", id } as const;
      await client("PUT /hub/enrolments/{kind}/{id}", { params, body: { attestation } });
      console.log(`ID scope ${(await client("GET /hub")).idScope}`);
      if (options.certificate) return;
      const { primaryKey } = await client("POST /hub/enrolments/{kind}/{id}/keys", { params, body: {} });
      console.log(`group key ${primaryKey}\nA device's own key: picket hub enrol key ${id} REGISTRATION-ID`);
    });
  keyAndRemove(command);
}

function keyAndRemove(command: Command): void {
  command
    .command("key <group> <registration-id>")
    .description("print one device's own key of a group")
    .addOption(data)
    .action(async (id: string, registrationId: string, options: Common) => {
      const params = { kind: "group", id } as const;
      const { deviceKey } = await clientOf(options.data)("POST /hub/enrolments/{kind}/{id}/keys", {
        params,
        body: { registrationId },
      });
      console.log(deviceKey);
    });
  command
    .command("remove <id>")
    .description("remove an enrolment; devices that came stay registered")
    .option("--group", "a group instead of a single device")
    .addOption(data)
    .action(async (id: string, options: Common & { group?: boolean }) => {
      const kind = options.group ? "group" : "individual";
      await clientOf(options.data)("DELETE /hub/enrolments/{kind}/{id}", { params: { kind, id } });
    });
}

/** Queries, automatic configurations, jobs and consumer groups. */
export function fleetCommands(hub: Command): void {
  hub
    .command("query <query>")
    .description("ask about twins and jobs: SELECT … FROM devices WHERE …")
    .addOption(data)
    .action(async (query: string, options: Common) => {
      const client = clientOf(options.data);
      for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
        const answer = await client("POST /hub/query", {
          body: { query, limit: 500, ...(cursor ? { cursor } : {}) },
        });
        for (const row of answer.rows) console.log(JSON.stringify(row));
        cursor = answer.next;
      }
    });
  configurationCommands(
    hub.command("configuration").description("settings that reach every device a condition fits"),
  );
  jobCommands(hub.command("job").description("jobs on many devices"));
  groupCommands(hub.command("consumer-group").description("readers of the Event Hub-compatible endpoint"));
}

function configurationCommands(command: Command): void {
  command
    .command("list")
    .description("configurations with the numbers of their rollout")
    .addOption(formats)
    .addOption(data)
    .action(async ({ data: folder, format }: Listed) => {
      const { configurations, rollout } = await clientOf(folder)("GET /hub/configurations");
      const of = "systemMetrics.results";
      shown(
        configurations,
        [
          "id",
          "priority",
          "targetCondition",
          `${of}.targetedCount`,
          `${of}.appliedCount`,
          `${of}.reportedSuccessfulCount`,
        ],
        format,
      );
      if (rollout && !rollout.finishedAt && format === "table")
        console.error(
          `\na pass is under way: ${rollout.looked} of ${rollout.total} devices looked at, ${rollout.changed} twins changed`,
        );
    });
  command
    .command("apply <id> <file>")
    .description("make or change one from a JSON file: targetCondition, priority, content, metrics")
    .addOption(data)
    .action(async (name: string, file: string, options: Common) => {
      const body: Record<string, unknown> = JSON.parse(readFileSync(file, "utf8"));
      await clientOf(options.data)("PUT /hub/configurations/{name}", { params: { name }, body });
    });
  command
    .command("remove <id>")
    .description("remove a configuration; twins keep what they have, or get the next one's")
    .addOption(data)
    .action(async (name: string, options: Common) => {
      await clientOf(options.data)("DELETE /hub/configurations/{name}", { params: { name } });
    });
}

function jobCommands(command: Command): void {
  command
    .command("list")
    .description("jobs with their progress")
    .addOption(formats)
    .addOption(data)
    .action(async ({ data: folder, format }: Listed) => {
      const { jobs } = await clientOf(folder)("GET /hub/jobs", { query: { limit: 500 } });
      const of = "deviceJobStatistics";
      shown(
        jobs,
        [
          "jobId",
          "type",
          "status",
          `${of}.deviceCount`,
          `${of}.succeededCount`,
          `${of}.failedCount`,
          `${of}.pendingCount`,
        ],
        format,
      );
    });
  command
    .command("cancel <id>")
    .description("cancel a job that waits or runs")
    .addOption(data)
    .action(async (name: string, options: Common) => {
      await clientOf(options.data)("DELETE /hub/jobs/{name}", { params: { name } });
    });
}

function groupCommands(command: Command): void {
  command
    .command("list")
    .description("consumer groups")
    .addOption(data)
    .action(async (options: Common) => {
      const { groups } = await clientOf(options.data)("GET /hub/consumer-groups");
      for (const group of groups) console.log(group);
    });
  for (const [verb, route] of [
    ["add", "PUT /hub/consumer-groups/{name}"],
    ["remove", "DELETE /hub/consumer-groups/{name}"],
  ] as const) {
    command
      .command(`${verb} <name>`)
      .description(`${verb} a consumer group`)
      .addOption(data)
      .action(async (name: string, options: Common) => {
        await clientOf(options.data)(route, { params: { name } });
      });
  }
}
