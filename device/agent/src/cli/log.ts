import type { Level, Recorder } from "@picket/kit";

/** Where lines go. */
export type Print = (line: string) => void;

/** Told of what a person may want to see among the agent's own events. */
export type Heard = (level: Level, message: string, fields: object) => void;

const LOUD: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** One line for each signal: time, level, sentence, fields as `name=value`. */
export function lineRecorder(print: Print, least: Level, heard: Heard = () => {}): Recorder {
  return {
    log: (level, message, fields) => {
      heard(level, message, fields);
      if (LOUD[level] < LOUD[least]) return;
      const rest = Object.entries(fields)
        .map(([name, value]) => ` ${name}=${printed(value)}`)
        .join("");
      print(`${new Date().toISOString()} ${level} ${message}${rest}`);
    },
    count: () => {},
    gauge: () => {},
  };
}

const printed = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
};
