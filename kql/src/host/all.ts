import { addressFunctions } from "./addresses.js";
import { arrayFunctions } from "./arrays.js";
import type { HostFunctions } from "./function.js";
import { pairFunctions } from "./pairs.js";
import { seriesFunctions } from "./series.js";
import { textFunctions } from "./texts.js";
import { timeFunctions } from "./times.js";
import { webFunctions } from "./web.js";

export type { HostFunction, Surroundings } from "./function.js";

/** Every function that is computed outside the engine, by name. */
export const hostFunctions: HostFunctions = {
  ...addressFunctions,
  ...arrayFunctions,
  ...pairFunctions,
  ...seriesFunctions,
  ...textFunctions,
  ...timeFunctions,
  ...webFunctions,
};
