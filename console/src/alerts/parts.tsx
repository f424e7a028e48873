import type { CSSProperties } from "react";

const tones: Readonly<Record<string, string>> = { High: "--high", Medium: "--medium", Low: "--low" };

/** Colours a part of the screen by severity. */
export const toneOf = (severity: string | undefined): CSSProperties =>
  ({ "--tone": `var(${tones[severity ?? ""] ?? "--info"})` }) as CSSProperties;

/** A stored JSON list, whatever was stored. */
export function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : [];
}

/** A stored JSON text as an object, whatever was stored. */
export function bagOf(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text || "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
