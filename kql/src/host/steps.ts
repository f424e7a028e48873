import { basket, clusters } from "./patterns.js";
import { scanned } from "./scan.js";
import type { HostValue } from "./values.js";

/** Rows to rows, outside the engine. */
export type HostStep = (rows: readonly HostValue[][], options: unknown) => HostValue[][];

/** Every step by name. */
export const steps: Readonly<Record<string, HostStep>> = { autocluster: clusters, basket, scan: scanned };
