import { AuditControl } from "./audit-control.js";
import { AuditAssembler } from "./audit-events.js";
import { type AuditRecord, auditRecord, auditType } from "./audit-records.js";
import type { Source, Take } from "./host-events.js";
import { family, Netlink } from "./netlink.js";

const READERS = 1;
const RECEIVE_BYTES = 8 * 1024 * 1024;
const DRAIN_MS = 25;
const MOST_ROUNDS = 20_000;

/** Listens to every record of the audit system beside whoever else does; a daemon that runs keeps its own. */
export class AuditStream {
  readonly #netlink = new Netlink(family.audit, { groups: READERS, receiveBytes: RECEIVE_BYTES });
  readonly #take: (record: AuditRecord) => void;
  readonly #wanted: ReadonlySet<number>;
  #lost = 0;

  /** Records of other types are not even read: somebody's rules may make very many. */
  constructor(wanted: ReadonlySet<number>, take: (record: AuditRecord) => void) {
    this.#wanted = wanted;
    this.#take = take;
  }

  drain(): void {
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
      const messages = this.#netlink.receive();
      if (messages.length === 0) return;
      for (const { type, body } of messages) {
        if (!this.#wanted.has(type)) continue;
        const record = auditRecord(type, body);
        if (record) this.#take(record);
        else this.#lost += 1;
      }
    }
  }

  /** Times that there was no room, and records that could not be read. */
  lost(): number {
    return this.#netlink.overflows + this.#lost;
  }

  close(): void {
    this.#netlink.close();
  }
}

const aboutPrograms: ReadonlySet<number> = new Set([
  auditType.syscall,
  auditType.cwd,
  auditType.execve,
  auditType.end,
  auditType.proctitle,
]);

/** Programs as the audit system tells of them. */
export class AuditWatch implements Source {
  readonly name = "audit";
  readonly #control = new AuditControl();
  readonly #assembler = new AuditAssembler();
  readonly #stream: AuditStream;
  readonly #timer: NodeJS.Timeout;
  readonly #lostBefore: number;

  constructor(take: Take) {
    try {
      this.#stream = new AuditStream(aboutPrograms, (record) => {
        const started = this.#assembler.take(record);
        if (started) take(started);
      });
      this.#lostBefore = this.#control.status().lost;
      this.#control.watchPrograms();
    } catch (error) {
      this.#control.close();
      throw error;
    }
    this.#timer = setInterval(() => this.drain(), DRAIN_MS);
  }

  drain(): void {
    this.#stream.drain();
  }

  lost(): number {
    return (
      this.#stream.lost() +
      this.#assembler.broken +
      Math.max(0, this.#control.status().lost - this.#lostBefore)
    );
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stream.close();
    this.#control.close();
  }
}
