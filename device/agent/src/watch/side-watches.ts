import { arch } from "node:os";
import type { Recorder } from "@picket/kit";
import type { EventName, SecurityEvent } from "@picket/schema";
import { messageOf } from "../errors.js";
import { FileIntegrity } from "../integrity/file-integrity.js";
import { openFolderWatch, usualPlaces } from "../integrity/open-file-integrity.js";
import type { ProcessTable } from "../processes/process-table.js";
import { canRead } from "../readable.js";
import type { Aggregation } from "../report/aggregation.js";
import type { Rounds } from "../rounds.js";
import type { Settings } from "../settings/settings.js";
import * as signals from "../signals.js";
import { DnsSocket } from "../sources/dns-socket.js";
import type { Coverage } from "../sources/open.js";
import { DeviceWatch } from "../sources/uevents.js";
import { openAuditLogins } from "./audit-login-watch.js";
import { DnsWatch } from "./dns-watch.js";
import { type LoginSource, openLoginFiles } from "./login-watch.js";

/** What these watches work with. */
export interface SideWatchesOptions {
  readonly settings: Settings;
  readonly recorder: Recorder;
  readonly rounds: Rounds;
  readonly table: ProcessTable;
  readonly aggregation: Aggregation;
  readonly keep: (events: readonly SecurityEvent[]) => void;
  readonly isWanted: (name: EventName) => boolean;
  /** Told when something was plugged in or taken out. */
  readonly devicesChanged: () => void;
}

const LOGINS_MS = 1_000;
const DEVICES_MS = 1_000;
const FILES_MS = 500;
const NAMES_MS = 250;

/** What is watched beside programs and connections: logins, devices, files, names. */
export class SideWatches {
  readonly #options: SideWatchesOptions;
  #logins: LoginSource | undefined;
  #devices: DeviceWatch | undefined;
  #files: FileIntegrity | undefined;
  #names: DnsWatch | undefined;
  #filesAs = "";
  #coverage: Coverage = { DnsQuery: "none (it is off unless eventPriorityDnsQuery says otherwise)" };

  constructor(options: SideWatchesOptions) {
    this.#options = options;
  }

  /** Which source serves each event, and why a better one does not. */
  get coverage(): Coverage {
    return this.#coverage;
  }

  async open(): Promise<void> {
    const { rounds, keep, devicesChanged } = this.#options;
    await this.#openLogins();
    this.#openDevices();
    await this.follow();
    rounds.every(LOGINS_MS, () => keep(this.#logins?.read() ?? []), true);
    rounds.every(DEVICES_MS, () => {
      if ((this.#devices?.read() ?? []).length > 0) devicesChanged();
    });
    rounds.every(FILES_MS, () => this.#files?.round());
    rounds.every(NAMES_MS, () => this.#names?.round());
  }

  /** Opens and closes what the settings ask for now. */
  async follow(): Promise<void> {
    this.#followNames();
    await this.#followFiles();
  }

  close(): void {
    this.#logins?.close();
    this.#devices?.close();
    this.#files?.close();
    this.#names?.close();
  }

  async #openLogins(): Promise<void> {
    const reasons: string[] = [];
    if (!this.#isRefused("audit")) {
      try {
        this.#logins = await openAuditLogins();
      } catch (error) {
        reasons.push(`audit: ${messageOf(error)}`);
      }
    }
    this.#logins ??= openLoginFiles(canRead, arch());
    const why = reasons.length > 0 ? ` (${reasons.join(" ")})` : "";
    const source = this.#logins?.name ?? "none";
    this.#coverage = { ...this.#coverage, Login: `${source}${why}`, Logout: `${source}${why}` };
    this.#say(this.#logins?.name);
  }

  /** What is plugged in is also seen by looking from time to time. */
  #openDevices(): void {
    let source = "uevent";
    try {
      this.#devices = new DeviceWatch();
    } catch (error) {
      source = `polling (uevent: ${messageOf(error)})`;
    }
    this.#coverage = { ...this.#coverage, ConnectedHardware: source };
  }

  #followNames(): void {
    const isWanted = this.#options.settings.queueOf("DnsQuery") !== undefined;
    if (isWanted === (this.#names !== undefined)) return;
    const { settings, aggregation, keep } = this.#options;
    this.#names?.close();
    this.#names = undefined;
    let source = "none (it is switched off by a setting)";
    if (isWanted) {
      try {
        const isFolded = (): boolean => settings.isFolded("DnsQuery");
        this.#names = new DnsWatch({ source: new DnsSocket(), aggregation, isFolded, keep });
        source = "packet socket";
        this.#say(source);
      } catch (error) {
        source = `none (packet socket: ${messageOf(error)})`;
      }
    }
    this.#coverage = { ...this.#coverage, DnsQuery: source };
  }

  async #followFiles(): Promise<void> {
    const { settings, table, keep } = this.#options;
    const named = settings.list("FileSystem_Paths");
    const isWanted = settings.queueOf("FileChange") !== undefined && !settings.isOn("FileSystem_Disabled");
    const places = {
      paths: named.length > 0 ? named : usualPlaces,
      isRecursive: settings.isOn("FileSystem_Recursive"),
    };
    const wanted = isWanted ? JSON.stringify([places, settings.list("sourcesDisabled")]) : "";
    if (wanted === this.#filesAs) return;
    this.#filesAs = wanted;
    this.#files?.close();
    this.#files = undefined;
    if (!isWanted) {
      this.#coverage = { ...this.#coverage, FileChange: "none (it is switched off by a setting)" };
      return;
    }
    const { watch, why } = openFolderWatch(new Set(settings.list("sourcesDisabled")));
    const files = new FileIntegrity({ places, table, keep, ...(watch ? { watch } : {}) });
    await files.open();
    this.#files = files;
    if (files.leftOut > 0)
      signals.itemsLeftOut(this.#options.recorder, { collector: "FileChange" }, files.leftOut);
    const said = [why, files.leftOut > 0 ? `${files.leftOut} files and folders left out` : ""]
      .filter(Boolean)
      .join("; ");
    this.#coverage = {
      ...this.#coverage,
      FileChange: said === "" ? files.source : `${files.source} (${said})`,
    };
    this.#say(files.source);
  }

  #isRefused(name: string): boolean {
    return this.#options.settings.list("sourcesDisabled").includes(name);
  }

  #say(source: string | undefined): void {
    if (source) signals.sourceOpened(this.#options.recorder, { source });
  }
}
