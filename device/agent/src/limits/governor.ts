import type { EventName } from "@picket/schema";

/** What the agent does less of, step by step, to stay within its limits. */
export const steps = [
  { name: "full", about: "Everything is collected." },
  { name: "patient", about: "Ports, logins, users and hardware are looked at five times less often." },
  {
    name: "folded",
    about:
      "Events are sent by the twin's intervals, even when the agent was started to send at once, and kinds beyond 2000 are folded by a masked command line.",
  },
  {
    name: "fewer",
    about: "Ends of processes and connections and DNS queries are left out and counted.",
    leavesOut: ["ProcessTerminate", "ConnectionTerminate", "DnsQuery"],
  },
  {
    name: "least",
    about:
      "Connections are left out and counted too; what remains over the limit of memory then starts the agent anew.",
    leavesOut: ["ProcessTerminate", "ConnectionTerminate", "DnsQuery", "ConnectionCreate"],
  },
] as const satisfies readonly { name: string; about: string; leavesOut?: readonly EventName[] }[];

/** A step of doing less. */
export type Step = (typeof steps)[number];

/** What the agent uses at a moment. */
export interface Usage {
  /** Processor time since the start. */
  readonly cpuMs: number;
  /** Resident memory. */
  readonly memoryBytes: number;
  /** Milliseconds that never jump. */
  readonly at: number;
}

/** Bounds of what the agent may use. */
export interface Limits {
  readonly cpuPercent: number;
  readonly memoryBytes: number;
}

const AVERAGE_MS = 60_000;
const UP_AFTER = 3;
const DOWN_AFTER = 12;
const RESTART_AFTER = 12;
const CALM = 0.7;

/** What a look at the usage led to. */
export type Verdict = "same" | "less" | "more" | "restart";

/** Keeps the agent within its limits: over them for a while it does less, well below them for longer it does more again. */
export class Governor {
  #limits: Limits;
  #last: Usage | undefined;
  #step = 0;
  #cpu = 0;
  #memory = 0;
  #over = 0;
  #under = 0;
  #reason = "";

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  set limits(limits: Limits) {
    this.#limits = limits;
  }

  get step(): Step {
    return steps[this.#step] ?? steps[0];
  }

  leavesOut(name: EventName): boolean {
    const { step } = this;
    return "leavesOut" in step && step.leavesOut.some((each) => each === name);
  }

  /** What is used, and why less is done than could be. */
  get state() {
    return {
      step: this.step.name,
      about: this.step.about,
      reason: this.#reason,
      cpuPercent: Math.round(this.#cpu * 10) / 10,
      memoryInBytes: this.#memory,
      maxCpuPercent: this.#limits.cpuPercent,
      maxMemoryInBytes: this.#limits.memoryBytes,
    };
  }

  /** Takes what is used now. The first look only notes where to count from: starting costs more than running. */
  look(usage: Usage): Verdict {
    const last = this.#last;
    this.#last = usage;
    this.#memory = usage.memoryBytes;
    if (!last || usage.at <= last.at) return "same";
    const elapsed = usage.at - last.at;
    const now = ((usage.cpuMs - last.cpuMs) / elapsed) * 100;
    this.#cpu += (now - this.#cpu) * Math.min(elapsed / AVERAGE_MS, 1);
    return this.#judge();
  }

  #judge(): Verdict {
    const { cpuPercent, memoryBytes } = this.#limits;
    const isOver = this.#cpu > cpuPercent || this.#memory > memoryBytes;
    const isCalm = this.#cpu < cpuPercent * CALM && this.#memory < memoryBytes * (CALM + 0.2);
    this.#over = isOver ? this.#over + 1 : 0;
    this.#under = isCalm ? this.#under + 1 : 0;
    if (this.#over >= UP_AFTER && this.#step < steps.length - 1) return this.#move(1);
    if (this.#over >= RESTART_AFTER && this.#memory > memoryBytes) return "restart";
    if (this.#under >= DOWN_AFTER && this.#step > 0) return this.#move(-1);
    return "same";
  }

  #move(by: 1 | -1): Verdict {
    const { cpuPercent, memoryBytes } = this.#limits;
    this.#step += by;
    this.#over = 0;
    this.#under = 0;
    const why: string[] = [];
    if (this.#cpu > cpuPercent)
      why.push(`${this.#cpu.toFixed(1)} % of a core on average, more than ${cpuPercent}`);
    if (this.#memory > memoryBytes) why.push(`${this.#memory} bytes of memory, more than ${memoryBytes}`);
    this.#reason = why.join("; ");
    return by > 0 ? "less" : "more";
  }
}

/** What this process uses now. */
export function ownUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, memoryBytes: process.memoryUsage.rss(), at: performance.now() };
}
