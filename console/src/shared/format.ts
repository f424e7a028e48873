const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const whole = new Intl.NumberFormat("en");

const steps: readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [3_600, "minute"],
  [86_400, "hour"],
  [2_592_000, "day"],
];

/** How long ago, in words. */
export function ago(iso: string | undefined, now = Date.now()): string {
  if (!iso) return "never";
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const [limit = 0, unit = "day"] = steps.find(([each]) => Math.abs(seconds) < each) ?? [
    Number.POSITIVE_INFINITY,
    "day" as const,
  ];
  const size = { second: 1, minute: 60, hour: 3_600, day: 86_400 }[
    unit as "second" | "minute" | "hour" | "day"
  ];
  return limit === 0 ? "" : relative.format(Math.round(seconds / size), unit);
}

/** The exact time, in the reader's zone. */
export const at = (iso: string | undefined): string => (iso ? exact.format(new Date(iso)) : "");

/** A whole number with its groups apart. */
export const count = (value: number | undefined): string => whole.format(value ?? 0);

/** Rows as CSV; a cell that begins like a formula stays text. */
export function csv(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cell = (value: unknown): string => {
    const text =
      value === null || value === undefined
        ? ""
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\n");
}

/** Hands a file to the reader. */
export function download(name: string, content: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
