import { signal } from "@picket/kit";

export const eventsTaken = signal({
  level: "debug",
  message: "Events were taken.",
  counter: "picket_pipeline_events_total",
  labels: [],
});

export const eventsRejected = signal({
  level: "warn",
  message: "Messages or events were refused; see SecurityIoTRejected.",
  counter: "picket_pipeline_rejected_total",
  labels: ["reason"],
});

export const eventsRepeated = signal({
  level: "info",
  message: "Events that a device sent again were dropped.",
  counter: "picket_pipeline_repeated_events_total",
  labels: [],
});

export const telemetryPassed = signal({
  level: "debug",
  message: "A message that is no security message went by; readers of the hub's messages get it.",
  counter: "picket_pipeline_telemetry_total",
  labels: [],
});

export const ruleFired = signal({
  level: "info",
  message: "A rule fired.",
  counter: "picket_pipeline_rule_hits_total",
  labels: ["rule"],
});

export const ruleBroke = signal({
  level: "error",
  message: "A rule threw an error; it is skipped for this event.",
  counter: "picket_pipeline_rule_errors_total",
  labels: ["rule"],
});

export const ruleSlow = signal({
  level: "warn",
  message: "A rule was slow on an event.",
  counter: "picket_pipeline_rule_slow_total",
  labels: ["rule"],
});

export const alertsCapped = signal({
  level: "warn",
  message: "A rule made too many alerts on one device today; further ones are counted here only.",
  counter: "picket_pipeline_alerts_capped_total",
  labels: ["rule"],
});

export const stateEvicted = signal({
  level: "warn",
  message: "A rule watches too many things at once; the stalest were forgotten.",
  counter: "picket_pipeline_evicted_total",
  labels: ["state"],
});

export const commitDelayed = signal({
  level: "error",
  message: "Rows could not be written; they are tried again.",
  counter: "picket_pipeline_commit_retries_total",
  labels: [],
});

export const recordsLost = signal({
  level: "error",
  message: "The stream no longer holds records that the tables lack.",
  counter: "picket_pipeline_gaps_total",
  labels: [],
});

export const batchDamaged = signal({
  level: "error",
  message: "A batch of the stream cannot be read and is skipped.",
  counter: "picket_pipeline_damaged_batches_total",
  labels: [],
});

export const settingRefused = signal({
  level: "error",
  message: "Something that was set about detection cannot be used; it is left out.",
  counter: "picket_pipeline_settings_refused_total",
  labels: ["area"],
});

export const indicatorsMissing = signal({
  level: "error",
  message: "A set of indicators that is in force cannot be read; import it again.",
  counter: "picket_pipeline_indicator_sets_missing_total",
  labels: ["set"],
});

export const alertExcepted = signal({
  level: "info",
  message: "An exception kept an alert away.",
  counter: "picket_pipeline_alerts_excepted_total",
  labels: ["exception"],
});

export const alertDelivered = signal({
  level: "debug",
  message: "An alert was delivered.",
  counter: "picket_deliver_sent_total",
  labels: ["route"],
});

export const deliveryFailed = signal({
  level: "warn",
  message: "An alert could not be delivered; it is tried again, then set aside in the delivery log.",
  counter: "picket_deliver_failures_total",
  labels: ["route"],
});
