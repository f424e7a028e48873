import { createHash } from "node:crypto";
import { hubErrors } from "../errors.js";
import { type Enrolment, enrolmentJson, type InitialTwin } from "./enrolment.js";

/** Where a device goes, and what the webhook of a custom allocation adds. */
export interface Allocation {
  readonly hub: string;
  readonly initialTwin?: InitialTwin;
  readonly payload?: unknown;
}

/** What a hub is chosen by. */
export interface AllocationRequest {
  readonly enrolment: Enrolment;
  readonly registrationId: string;
  readonly payload: unknown;
  /** Hubs that devices can be given to. */
  readonly linked: readonly string[];
  /** Where it is now, if anywhere. */
  readonly present?: string;
}

const WEBHOOK_MS = 5_000;
const WEBHOOK_BYTES = 65_536;

/** Chooses the hub of a device by its enrolment's policy. */
export async function allocate(request: AllocationRequest): Promise<Allocation> {
  const { enrolment, linked, registrationId } = request;
  const { allocationPolicy, iotHubs } = enrolment;
  const wanted = iotHubs.length === 0 ? linked : linked.filter((hub) => iotHubs.includes(hub));
  const first = wanted[0];
  if (first === undefined)
    throw hubErrors.provisioningFailed({
      id: registrationId,
      why: `none of ${iotHubs.join(", ") || "its hubs"} is linked`,
    });
  if (allocationPolicy === "custom") return asked(request, wanted);
  return { hub: allocationPolicy === "hashed" ? hashed(registrationId, wanted) : first };
}

/** The same device always gets the same of the same hubs; one hub more or less moves as few devices as can be. */
function hashed(registrationId: string, hubs: readonly string[]): string {
  const weight = (hub: string): string =>
    createHash("sha256").update(`${hub}\n${registrationId.toLowerCase()}`).digest("hex");
  return hubs.reduce((best, hub) => (weight(hub) > weight(best) ? hub : best));
}

/** Asks the webhook of the operator. */
async function asked(request: AllocationRequest, linked: readonly string[]): Promise<Allocation> {
  const { enrolment, registrationId, payload, present } = request;
  const { webhookUrl = "" } = enrolment.customAllocationDefinition ?? {};
  const failed = (why: string, cause?: unknown): Error =>
    hubErrors.provisioningFailed(
      { id: registrationId, why: `the webhook ${webhookUrl.split("?")[0]} ${why}` },
      { cause },
    );
  const body = JSON.stringify({
    [enrolment.kind === "individual" ? "individualEnrollment" : "enrollmentGroup"]: enrolmentJson(enrolment),
    deviceRuntimeContext: { registrationId, currentIotHubHostName: present ?? null, payload },
    linkedHubs: linked,
  });
  const text = await fetch(webhookUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    redirect: "error",
    signal: AbortSignal.timeout(WEBHOOK_MS),
  }).then(
    (answer) => (answer.ok ? limited(answer) : Promise.reject(failed(`answered ${answer.status}`))),
    (error: unknown) => Promise.reject(failed("did not answer", error)),
  );
  const { iotHubHostName, initialTwin, payload: returned, returnData } = answerOf(text, failed);
  if (typeof iotHubHostName !== "string" || !linked.includes(iotHubHostName))
    throw failed(`chose ${JSON.stringify(iotHubHostName)?.slice(0, 80)}, which is not linked`);
  const given = returned ?? returnData;
  return {
    hub: iotHubHostName,
    ...(typeof initialTwin === "object" && initialTwin !== null ? { initialTwin } : {}),
    ...(given === undefined ? {} : { payload: given }),
  };
}

async function limited(answer: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > WEBHOOK_BYTES) break;
  }
  return text;
}

function answerOf(text: string, failed: (why: string) => Error): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) return Object.fromEntries(Object.entries(parsed));
  } catch {}
  throw failed("answered no JSON object");
}
