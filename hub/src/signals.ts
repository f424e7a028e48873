import { signal } from "@picket/kit";

export const messageTaken = signal({
  level: "debug",
  message: "A message was taken.",
  counter: "picket_hub_messages_total",
  labels: ["kind"],
});
export const connectionMade = signal({
  level: "debug",
  message: "A device connected.",
  counter: "picket_hub_connects_total",
  labels: ["protocol"],
});
export const callerRefused = signal({
  level: "info",
  message: "A caller was refused.",
  counter: "picket_hub_refusals_total",
  labels: ["cause"],
});
export const outletBlocked = signal({
  level: "error",
  message: "The stream takes nothing at the moment; devices are not acknowledged.",
  counter: "picket_hub_blocked_total",
  labels: [],
});
export const outletFree = signal({
  level: "info",
  message: "The stream takes records again.",
  counter: "picket_hub_unblocked_total",
  labels: [],
});
export const doorBroke = signal({
  level: "error",
  message: "A request could not be answered.",
  counter: "picket_hub_errors_total",
  labels: ["door"],
});
export const feedbackForgotten = signal({
  level: "warn",
  message: "Feedback of cloud-to-device messages was fetched by nobody and forgotten.",
  counter: "picket_hub_feedback_forgotten_total",
  labels: [],
});
export const commandEnded = signal({
  level: "debug",
  message: "A cloud-to-device message ended.",
  counter: "picket_hub_commands_total",
  labels: ["end"],
});
export const jobBroke = signal({
  level: "error",
  message: "A job ended for a reason of ours.",
  counter: "picket_hub_job_errors_total",
  labels: [],
});
export const rolloutBroke = signal({
  level: "error",
  message: "A configuration could not be applied.",
  counter: "picket_hub_rollout_errors_total",
  labels: [],
});
export const eventBatchDamaged = signal({
  level: "error",
  message: "A batch of the stream cannot be read; readers of the hub's messages go on after it.",
  counter: "picket_hub_event_batches_damaged_total",
  labels: [],
});
export const eventsSkipped = signal({
  level: "warn",
  message: "A reader of the hub's messages was so far behind that some were trimmed before it came to them.",
  counter: "picket_hub_events_skipped_total",
  labels: [],
});
export const connectorMessageTaken = signal({
  level: "debug",
  message: "A connector brought a message.",
  counter: "picket_connector_messages_total",
  labels: ["connector"],
});
export const connectorMessageRefused = signal({
  level: "warn",
  message: "A message of a connector was left out; the operation log says why.",
  counter: "picket_connector_refused_total",
  labels: ["connector"],
});
export const connectorFailed = signal({
  level: "error",
  message: "A connector cannot reach its source; it tries again.",
  counter: "picket_connector_failures_total",
  labels: ["connector"],
});
export const operationLeftOut = signal({
  level: "debug",
  message: "An operation was not kept, because no diagnostic setting asks for its category.",
  counter: "picket_hub_operations_left_out_total",
  labels: ["category"],
});
