import type { FunctionBinder } from "./given.js";
import { jsonFunctions } from "./json.js";
import { conversionFunctions, lazyFunctions, logicFunctions } from "./logic.js";
import { networkFunctions } from "./network.js";
import { numberFunctions } from "./numbers.js";
import { outsideFunctions } from "./outside.js";
import { textFunctions } from "./text.js";
import { timeFunctions } from "./time.js";
import { windowFunctions } from "./windows.js";

const eager: ReadonlyMap<string, FunctionBinder> = new Map(
  [
    conversionFunctions,
    jsonFunctions,
    logicFunctions,
    networkFunctions,
    numberFunctions,
    outsideFunctions,
    textFunctions,
    timeFunctions,
    windowFunctions,
  ].flatMap((family) => Object.entries(family)),
);

const lazy: ReadonlyMap<string, FunctionBinder> = new Map(Object.entries(lazyFunctions));

/** How a scalar function is bound; undefined for one we do not have. `lazy` ones read their arguments themselves. */
export function binderOf(
  name: string,
): { readonly bind: FunctionBinder; readonly lazy: boolean } | undefined {
  const bind = eager.get(name) ?? lazy.get(name);
  return bind && { bind, lazy: lazy.has(name) };
}

/** Names of every scalar function we have. */
export const functionNames: readonly string[] = [...eager.keys(), ...lazy.keys()];
