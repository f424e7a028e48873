import { useEffect, useRef } from "react";

/** What keys do: `j`, `/`, or two after each other such as `g a`. */
export type Keys = Readonly<Record<string, () => void>>;

const PAUSE_MS = 1_200;
const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The key, or the two keys, that were meant; `first` is the one pressed just before. */
export function meant(keys: Keys, key: string, first: string): (() => void) | undefined {
  return keys[`${first} ${key}`] ?? keys[key];
}

/** Keyboard of a screen. Keys rest while something is being written or a dialog is open. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    let before = { key: "", at: 0 };
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const isCheckbox = event.target instanceof HTMLInputElement && event.target.type === "checkbox";
      if (isWriting(event.target) && !isCheckbox) return;
      if (document.querySelector("[role=dialog]")) return;
      const first = event.timeStamp - before.at < PAUSE_MS ? before.key : "";
      before = { key: event.key, at: event.timeStamp };
      const act = meant(latest.current, event.key, first);
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
