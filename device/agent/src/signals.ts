import { signal } from "@picket/kit";

export const agentStarted = signal({
  level: "info",
  message: "The agent started.",
  counter: "picket_agent_starts_total",
  labels: [],
});
export const agentStopped = signal({
  level: "info",
  message: "The agent stopped; what was not sent stays in the outbox.",
  counter: "picket_agent_stops_total",
  labels: [],
});
export const hubConnected = signal({
  level: "info",
  message: "The hub is connected.",
  counter: "picket_agent_connects_total",
  labels: [],
});
export const hubLost = signal({
  level: "info",
  message: "The hub is not connected; events are kept on disk.",
  counter: "picket_agent_disconnects_total",
  labels: [],
});
export const twinUnread = signal({
  level: "warn",
  message: "The twin could not be read or reported.",
  counter: "picket_agent_twin_failures_total",
  labels: [],
});
export const settingsApplied = signal({
  level: "info",
  message: "Settings of the twin are in force.",
  counter: "picket_agent_settings_total",
  labels: [],
});
export const settingsRefused = signal({
  level: "warn",
  message: "Settings of the twin were refused; the old ones stay.",
  counter: "picket_agent_settings_refused_total",
  labels: [],
});
export const sourceOpened = signal({
  level: "info",
  message: "A source serves.",
  counter: "picket_agent_sources_total",
  labels: ["source"],
});
export const sourceRefused = signal({
  level: "warn",
  message: "A source does not serve; the next one is tried.",
  counter: "picket_agent_sources_refused_total",
  labels: ["source"],
});
export const sourceLost = signal({
  level: "error",
  message: "Events were lost before the agent could read them.",
  counter: "picket_agent_source_lost_total",
  labels: ["source"],
});
export const collectorFailed = signal({
  level: "warn",
  message: "A collector failed.",
  counter: "picket_agent_collector_failures_total",
  labels: ["collector"],
});
export const eventsDropped = signal({
  level: "error",
  message: "Events were dropped.",
  counter: "picket_agent_events_dropped_total",
  labels: ["queue", "reason"],
});
export const outboxFailed = signal({
  level: "error",
  message: "The outbox could not be written.",
  counter: "picket_agent_outbox_failures_total",
  labels: [],
});
export const foldsCut = signal({
  level: "warn",
  message:
    "More kinds of events at once than are folded; the oldest folds were closed early and nothing was lost.",
  counter: "picket_agent_folds_cut_total",
  labels: [],
});
export const diskSpared = signal({
  level: "warn",
  message: "The disk is written more gently or as usual again, by its share for a day.",
  counter: "picket_agent_disk_spared_total",
  labels: ["how"],
});
export const agentLimited = signal({
  level: "warn",
  message: "The agent does less, or more again, to stay within its limits of processor time and memory.",
  counter: "picket_agent_limited_total",
  labels: ["step"],
});
export const clockJumped = signal({
  level: "warn",
  message: "The clock of the device jumped.",
  counter: "picket_agent_clock_jumps_total",
  labels: [],
});
export const responseGiven = signal({
  level: "warn",
  message: "Something was done to the device by order of the hub, or refused.",
  counter: "picket_agent_responses_total",
  labels: ["action", "result"],
});
export const keyRotated = signal({
  level: "info",
  message: "The device speaks with a new key.",
  counter: "picket_agent_key_rotations_total",
  labels: [],
});
export const keyRefused = signal({
  level: "warn",
  message: "A new key was offered and does not serve; the old one stays.",
  counter: "picket_agent_key_rotations_refused_total",
  labels: [],
});
export const itemsLeftOut = signal({
  level: "warn",
  message: "A snapshot has more items than are told; the others were left out.",
  counter: "picket_agent_items_left_out_total",
  labels: ["collector"],
});
export const updateTaken = signal({
  level: "info",
  message: "An update was taken; the agent starts anew with it.",
  counter: "picket_agent_updates_total",
  labels: [],
});
export const updateRefused = signal({
  level: "warn",
  message: "An update was not taken, or did not prove itself.",
  counter: "picket_agent_updates_refused_total",
  labels: [],
});
