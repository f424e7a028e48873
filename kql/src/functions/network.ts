import { toLong, toText } from "../bind/convert.js";
import { bool, call, long, type Scalar, text } from "../plan/scalar.js";
import { argument, type Family, type FunctionBinder } from "./given.js";
import { outsideCall } from "./outside.js";

const number = (address: Scalar): Scalar => call("ipNumber", "long", address);
const bits = (range: Scalar): Scalar => call("ipPrefix", "long", range);
const network = (address: Scalar, prefix: Scalar): Scalar => call("maskIp", "long", number(address), prefix);

/** An address lies in a range such as 10.0.0.0/8; null when one of them is none. */
export const sameNetwork = (address: Scalar, range: Scalar): Scalar =>
  call("equal", "bool", network(address, bits(range)), network(range, bits(range)));

const any = (tests: readonly Scalar[]): Scalar =>
  tests.length === 0 ? bool(false) : tests.reduce((one, other) => call("or", "bool", one, other));

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

const isPrivate: FunctionBinder = (given) => {
  const address = toText(argument(given, 0));
  return any(PRIVATE.map((range) => sameNetwork(address, text(range))));
};

/** `ipv4_is_match(a, b, prefix)`: the same network, by the smallest of the prefixes. */
const matches: FunctionBinder = (given) => {
  const [one, other] = [toText(argument(given, 0)), toText(argument(given, 1))];
  const prefixes = [bits(one), bits(other), ...(given.args[2] ? [toLong(given.args[2])] : [])];
  const prefix = call("least", "long", ...prefixes);
  return call("equal", "bool", network(one, prefix), network(other, prefix));
};

const parsed: FunctionBinder = (given) => {
  const address = toText(argument(given, 0));
  return network(address, bits(address));
};

const compared: FunctionBinder = (given) => {
  const [one, other] = [toText(argument(given, 0)), toText(argument(given, 1))];
  const prefix = call("least", "long", bits(one), bits(other), ...given.args.slice(2, 3).map(toLong));
  const difference = call("subtract", "long", network(one, prefix), network(other, prefix));
  return call("sign", "long", difference);
};

/** The elements of a constant array; other values are themselves. */
function constantRanges(value: Scalar): Scalar[] {
  if (value.kind !== "literal" || value.type !== "dynamic") return [value];
  const items: unknown = JSON.parse(String(value.value ?? "[]"));
  return (Array.isArray(items) ? items : [items]).map((each) => text(String(each)));
}

const formatted: FunctionBinder = (given) => {
  const value = argument(given, 0);
  const address = value.type === "string" ? number(value) : toLong(value);
  const own = value.type === "string" ? bits(value) : long(32);
  const prefix = given.args[1] ? call("least", "long", toLong(given.args[1]), own) : own;
  return call("ipText", "string", call("maskIp", "long", address, prefix));
};

/** Functions of addresses. */
export const networkFunctions: Family = {
  ipv4_is_private: isPrivate,
  ipv4_is_in_range: (given) => sameNetwork(toText(argument(given, 0)), toText(argument(given, 1))),
  ipv4_is_in_any_range: (given) => {
    const address = toText(argument(given, 0));
    const ranges = given.args.slice(1);
    const constant = ranges.flatMap(constantRanges);
    if (ranges.some(({ type, kind }) => type === "dynamic" && kind !== "literal"))
      return outsideCall("ipv4_is_in_any_range", "bool", [address, ...ranges]);
    return any(constant.map((range) => sameNetwork(address, toText(range))));
  },
  ipv4_is_match: matches,
  ipv4_compare: compared,
  parse_ipv4: parsed,
  parse_ipv4_mask: (given) => network(toText(argument(given, 0)), toLong(argument(given, 1))),
  format_ipv4: formatted,
  format_ipv4_mask: (given) => {
    const value = argument(given, 0);
    const own = value.type === "string" ? bits(value) : long(32);
    const prefix = given.args[1] ? call("least", "long", toLong(given.args[1]), own) : own;
    return call("suffixed", "string", formatted(given), text("/"), call("wholeText", "string", prefix));
  },
  ipv4_netmask_suffix: (given) => {
    const address = toText(argument(given, 0));
    return call("withOther", "long", bits(address), number(address));
  },
};
