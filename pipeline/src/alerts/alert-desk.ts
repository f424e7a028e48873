import type { Recorder } from "@picket/kit";
import type { SettingArea } from "@picket/schema";
import type { AlertBook, Suspicion } from "../books/alert-book.js";
import type { InForce, SettingBook } from "../settings/setting-book.js";
import { usable } from "../settings/usable.js";
import { alertExcepted } from "../signals.js";
import { type AlertClock, clocksOf, lateness, readClock } from "./clocks.js";
import { Exceptions, readException, type SavedExceptionCount } from "./exceptions.js";
import { IncidentBook, type SavedIncident } from "./incident-book.js";
import { readSuppression, Suppressions } from "./suppressions.js";

/** What the desk keeps in a snapshot. */
export interface SavedDesk {
  readonly exceptions: readonly SavedExceptionCount[];
  readonly incidents: readonly SavedIncident[];
}

const areas: ReadonlySet<SettingArea> = new Set(["suppression", "exception", "alertClock"]);

/** Between suspicions and the book of alerts: exceptions, suppressions, incidents and the clocks people work by. */
export class AlertDesk {
  readonly #book: AlertBook;
  readonly #settings: SettingBook;
  readonly #recorder: Recorder;
  readonly #exceptions = new Exceptions();
  readonly #suppressions = new Suppressions();
  readonly #incidents: IncidentBook;
  #clocks: ReadonlyMap<string, AlertClock> = new Map();

  constructor(book: AlertBook, settings: SettingBook, recorder: Recorder) {
    this.#book = book;
    this.#settings = settings;
    this.#recorder = recorder;
    this.#incidents = new IncidentBook(book);
    book.onMade = (alert, at) => this.#incidents.note(alert, at);
  }

  concerns(area: SettingArea): boolean {
    return areas.has(area);
  }

  /** Works by what is set now. */
  use(): void {
    const good = (area: SettingArea, read: (setting: InForce) => unknown): InForce[] =>
      usable(this.#settings.of(area), read, this.#recorder);
    this.#exceptions.use(good("exception", ({ value }) => readException(value)));
    this.#suppressions.use(good("suppression", ({ value }) => readSuppression(value)));
    this.#clocks = clocksOf(good("alertClock", ({ name, value }) => readClock(name, value)));
  }

  raise(suspicion: Suspicion): void {
    const { rule, deviceId, evidence, receivedAt } = suspicion;
    const exception = this.#exceptions.covers(rule.id, { deviceId, item: evidence, at: receivedAt });
    if (exception !== undefined) {
      alertExcepted(this.#recorder, { exception }, 1, { deviceId, rule: rule.id });
      return;
    }
    const suppressedBy = this.#suppressions.find(suspicion);
    this.#book.raise(suppressedBy === undefined ? suspicion : { ...suspicion, suppressedBy });
  }

  tick(now: number): void {
    if (this.#clocks.size > 0)
      this.#book.watchClocks(now, ({ AlertSeverity = "", Status = "", ProcessingEndTime = "" }) =>
        lateness(this.#clocks.get(AlertSeverity), {
          status: Status,
          createdAt: Date.parse(ProcessingEndTime),
          now,
        }),
      );
    this.#incidents.forget(now);
    this.#book.forget(now);
  }

  exceptionCounts(): ReadonlyMap<string, number> {
    return this.#exceptions.counts();
  }

  save(): SavedDesk {
    return { exceptions: this.#exceptions.save(), incidents: this.#incidents.save() };
  }

  restore({ exceptions, incidents }: SavedDesk): void {
    this.use();
    this.#exceptions.restore(exceptions);
    this.#incidents.restore(incidents);
  }
}
