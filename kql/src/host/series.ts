import type { HostFunctions } from "./function.js";

/** Functions of series. */
export const seriesFunctions: HostFunctions = {};
