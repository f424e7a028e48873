/** A part of an answer whose form is the original's. */
export type Bag = Readonly<Record<string, unknown>>;

const bagOf = (value: unknown): Bag =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

/** A text somewhere inside; empty when it is none. */
export function textAt(bag: Bag, ...path: readonly string[]): string {
  const value = path.slice(0, -1).reduce<Bag>((at, name) => bagOf(at[name]), bag)[path.at(-1) ?? ""];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Numbers by name somewhere inside. */
export function numbersAt(bag: Bag, ...path: readonly string[]): readonly (readonly [string, number])[] {
  const found = path.reduce<Bag>((at, name) => bagOf(at[name]), bag);
  return Object.entries(found).flatMap(([name, value]) =>
    typeof value === "number" ? [[name, value] as const] : [],
  );
}

/** What an enrolment's devices prove themselves by, in words. */
export function proofOf(enrolment: Bag): string {
  const words: Readonly<Record<string, string>> = {
    symmetricKey: "a key",
    x509: "a certificate",
    tpm: "a TPM",
  };
  const type = textAt(enrolment, "attestation", "type");
  return words[type] ?? (type || "nothing known");
}

/** How far a configuration has come: devices it is meant for, and devices that have it. */
export function rolloutOf(configuration: Bag): { readonly targeted: number; readonly applied: number } {
  const results = new Map(numbersAt(configuration, "systemMetrics", "results"));
  return { targeted: results.get("targetedCount") ?? 0, applied: results.get("appliedCount") ?? 0 };
}

/** Parses JSON that somebody wrote; says what is wrong with it. */
export function parseObject(text: string): Bag | Error {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
    return new Error("This must be a JSON object, between { and }.");
  } catch (error) {
    return new Error(`This is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
