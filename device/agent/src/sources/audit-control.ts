import { agentErrors } from "../errors.js";
import { family, Netlink } from "./netlink.js";

const GET = 1000;
const SET = 1001;
const TRUSTED_APP = 1121;
const ADD_RULE = 1011;
const DELETE_RULE = 1012;
const ERROR = 2;
const REQUEST_ACK = 1 | 4;
const REQUEST_DUMP = 1 | 0x300;
const DONE = 3;
const LIST_RULES = 1013;
const EXIT_FILTER = 4;
const ALWAYS = 2;
const EQUAL = 0x4000_0000;
const ARCH = 11;
const KEY = 210;
const RULE_BYTES = 1_040;
const STATUS_BYTES = 44;
const EXISTS = 17;
const ABSENT = 2;
const MASK = { enabled: 1, failure: 2, backlogLimit: 16, backlogWait: 32 } as const;
const LEAST_BACKLOG = 8_192;
/** The name our rules carry, so that nobody else's are touched. */
const NAME = "picket-agent";

/** Calls that start a program, by the audit system's number of the architecture. */
const calls: Readonly<
  Record<string, readonly { readonly arch: number; readonly numbers: readonly number[] }[]>
> = {
  x64: [
    { arch: 0xc000_003e, numbers: [59, 322] },
    { arch: 0x4000_0003, numbers: [11, 358] },
  ],
  arm64: [
    { arch: 0xc000_00b7, numbers: [221, 281] },
    { arch: 0x4000_0028, numbers: [11, 387] },
  ],
  arm: [{ arch: 0x4000_0028, numbers: [11, 387] }],
  ia32: [{ arch: 0x4000_0003, numbers: [11, 358] }],
  riscv64: [{ arch: 0xc000_00f3, numbers: [221, 281] }],
};

/** How the kernel's audit system is set. */
export interface AuditStatus {
  readonly enabled: number;
  readonly failure: number;
  /** Process of the daemon; 0 when there is none. */
  readonly daemon: number;
  readonly backlogLimit: number;
  readonly lost: number;
  readonly backlogWait: number;
}

/** Asks the audit system and sets it. What is changed is put back by `restore`. */
export class AuditControl {
  readonly #netlink = new Netlink(family.audit);
  #before: AuditStatus | undefined;
  #rules: Buffer[] = [];

  status(): AuditStatus {
    this.#netlink.send(GET, REQUEST_ACK, Buffer.alloc(0));
    const answers = this.#answers(GET);
    this.#refuse(answers);
    const status = answers.find(({ type, body }) => type === GET && body.length >= 28);
    if (!status) throw agentErrors.kernelUnfit({ why: "its audit system does not tell how it is set" });
    const at = (index: number): number =>
      status.body.length >= index * 4 + 4 ? status.body.readUInt32LE(index * 4) : 0;
    return {
      enabled: at(1),
      failure: at(2),
      daemon: at(3),
      backlogLimit: at(5),
      lost: at(6),
      backlogWait: at(9),
    };
  }

  /**
   * Has the audit system tell of programs that start. Without a daemon a full queue must never make a program wait, so that is
   * set first; with one, its settings stay as they are.
   */
  watchPrograms(): void {
    const status = this.status();
    if (status.enabled === 2)
      throw agentErrors.kernelUnfit({
        why: "its audit rules are locked until the next start (auditctl -e 2)",
      });
    this.#before = status;
    if (status.daemon === 0)
      this.#set(MASK.failure | MASK.backlogLimit | MASK.backlogWait, {
        ...status,
        failure: 0,
        backlogLimit: Math.max(status.backlogLimit, LEAST_BACKLOG),
        backlogWait: 0,
      });
    if (status.enabled === 0) this.#set(MASK.enabled, { ...status, enabled: 1 });
    for (const { arch, numbers } of calls[process.arch] ?? []) {
      const rule = ruleOf(arch, numbers);
      this.#change(ADD_RULE, rule, EXISTS);
      this.#rules.push(rule);
    }
  }

  /** Puts a message of our own among the records. */
  say(text: string): void {
    this.#change(TRUSTED_APP, Buffer.from(text));
  }

  /** The names of rules that are in force and ours. */
  rules(): string[] {
    this.#netlink.send(LIST_RULES, REQUEST_DUMP, Buffer.alloc(0));
    return this.#answers(DONE).flatMap(({ type, body }) =>
      type === LIST_RULES && body.subarray(RULE_BYTES).toString("latin1").startsWith(NAME) ? [NAME] : [],
    );
  }

  /** Takes our rules out and sets everything as it was. */
  restore(): void {
    const before = this.#before;
    this.#before = undefined;
    for (const rule of this.#rules.splice(0)) this.#change(DELETE_RULE, rule, ABSENT);
    if (!before) return;
    if (before.enabled === 0) this.#set(MASK.enabled, before);
    if (before.daemon === 0) this.#set(MASK.failure | MASK.backlogLimit | MASK.backlogWait, before);
  }

  close(): void {
    try {
      this.restore();
    } finally {
      this.#netlink.close();
    }
  }

  #set(mask: number, status: AuditStatus): void {
    const body = Buffer.alloc(STATUS_BYTES);
    body.writeUInt32LE(mask, 0);
    body.writeUInt32LE(status.enabled, 4);
    body.writeUInt32LE(status.failure, 8);
    body.writeUInt32LE(status.backlogLimit, 20);
    body.writeUInt32LE(status.backlogWait, 36);
    this.#change(SET, body);
  }

  #change(type: number, body: Buffer, fine = 0): void {
    this.#netlink.send(type, REQUEST_ACK, body);
    this.#refuse(this.#answers(ERROR), fine);
  }

  #refuse(answers: readonly Answer[], fine = 0): void {
    for (const answer of answers) {
      const errno = errnoOf(answer);
      if (errno !== 0 && errno !== fine)
        throw agentErrors.callFailed({ what: "Asking the audit system", errno });
    }
  }

  /** The kernel answers before the call that asks returns, but its status or its rules a moment later. */
  #answers(last: number): Answer[] {
    const found: Answer[] = [];
    for (let tries = 0; tries < TRIES; tries += 1) {
      for (const { type, body } of this.#netlink.receive()) found.push({ type, body: Buffer.from(body) });
      if (found.some((answer) => answer.type === last || errnoOf(answer) !== 0)) return found;
      Atomics.wait(pause, 0, 0, 1);
    }
    return found;
  }
}

interface Answer {
  readonly type: number;
  readonly body: Buffer;
}

const errnoOf = ({ type, body }: Answer): number =>
  type === ERROR && body.length >= 4 ? -body.readInt32LE(0) : 0;

const TRIES = 100;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** A rule as the kernel takes it: tell of these calls, under our name. */
export function ruleOf(arch: number, numbers: readonly number[]): Buffer {
  const name = Buffer.from(NAME);
  const rule = Buffer.alloc(RULE_BYTES + name.length);
  rule.writeUInt32LE(EXIT_FILTER, 0);
  rule.writeUInt32LE(ALWAYS, 4);
  rule.writeUInt32LE(2, 8);
  for (const number of numbers) {
    const at = 12 + Math.floor(number / 32) * 4;
    rule.writeUInt32LE((rule.readUInt32LE(at) | (1 << (number % 32))) >>> 0, at);
  }
  const fields = 12 + 256;
  const values = fields + 256;
  const flags = values + 256;
  rule.writeUInt32LE(ARCH, fields);
  rule.writeUInt32LE(arch, values);
  rule.writeUInt32LE(EQUAL, flags);
  rule.writeUInt32LE(KEY, fields + 4);
  rule.writeUInt32LE(name.length, values + 4);
  rule.writeUInt32LE(EQUAL, flags + 4);
  rule.writeUInt32LE(name.length, flags + 256);
  name.copy(rule, RULE_BYTES);
  return rule;
}
