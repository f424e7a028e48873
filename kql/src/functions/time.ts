import { convert, toLong, toReal, toText, toTime } from "../bind/convert.js";
import { minus, moved } from "../bind/operations.js";
import { columnOf } from "../bind/scope.js";
import { formatTime } from "../host/times.js";
import type { Operation } from "../plan/operations.js";
import { call, literal, long, type Scalar, textOf } from "../plan/scalar.js";
import { argument, type Family, type FunctionBinder, type Given, ofTime } from "./given.js";
import { outsideCall } from "./outside.js";
import { strftimeOf } from "./time-format.js";

const NOW: Scalar = { kind: "parameter", type: "datetime", name: "now" };
const span = (ticks: number): Scalar => literal("timespan", BigInt(ticks));
const TICK_WE_KEEP = 10;

/** Ticks of the parts that have a fixed length. */
const LENGTHS: Readonly<Record<string, number>> = {
  week: 7 * 864_000_000_000,
  day: 864_000_000_000,
  hour: 36_000_000_000,
  minute: 600_000_000,
  second: 10_000_000,
  millisecond: 10_000,
  microsecond: 10,
  nanosecond: 0.01,
};

const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

const now: FunctionBinder = ({ args: [offset] }) => (offset ? moved(NOW, convert(offset, "timespan")) : NOW);
const ago: FunctionBinder = (given) => moved(NOW, minus(convert(argument(given, 0), "timespan")));

const startOf =
  (op: Operation): FunctionBinder =>
  (given) =>
    call(op, "datetime", toTime(argument(given, 0)), given.args[1] ? toLong(given.args[1]) : long(0));

const endOf =
  (op: Operation): FunctionBinder =>
  (given) => {
    const offset = given.args[1] ? call("add", "long", toLong(given.args[1]), long(1)) : long(1);
    return moved(call(op, "datetime", toTime(argument(given, 0)), offset), span(-TICK_WE_KEEP));
  };

function partName(given: Given, place: number): string {
  const part = textOf(argument(given, place))?.toLowerCase();
  if (part === undefined || !(part in LENGTHS || part in MONTHS || part in PARTS))
    throw given.scope.session.wrong(given.node, `${given.name}() needs a part such as day or hour.`);
  return part;
}

/** Boundaries of a part that lie between two times. */
const difference: FunctionBinder = (given) => {
  const part = partName(given, 0);
  const [later, earlier] = [toTime(argument(given, 1)), toTime(argument(given, 2))];
  if (part === "year") return call("countYears", "long", later, earlier);
  if (part === "month") return call("countMonths", "long", later, earlier);
  if (part === "quarter") {
    const [one, other] = [later, earlier].map((time) =>
      call(
        "add",
        "long",
        call("multiply", "long", call("yearOf", "long", time), long(4)),
        call("quarterOf", "long", time),
      ),
    );
    return call("subtract", "long", one!, other!);
  }
  const length = LENGTHS[part] ?? 1;
  const step = span(Math.max(length, 1));
  const start = (time: Scalar): Scalar =>
    part === "week"
      ? call("startOfWeek", "datetime", time, long(0))
      : call("binTime", "datetime", time, step);
  const ticks = call("timeDifference", "timespan", start(later), start(earlier));
  return call("intDivide", "long", ticks, step);
};

const added: FunctionBinder = (given) => {
  const part = partName(given, 0);
  const [count, time] = [toLong(argument(given, 1)), toTime(argument(given, 2))];
  const months = MONTHS[part];
  if (months) return call("addMonths", "datetime", time, call("multiply", "long", count, long(months)));
  return moved(time, call("multiply", "timespan", count, span(Math.max(LENGTHS[part] ?? 0, 1))));
};

const scaledMicroseconds =
  (divisor: number): FunctionBinder =>
  (given) =>
    call("intDivide", "long", call("microsecondOf", "long", toTime(argument(given, 0))), long(divisor));

const PARTS: Readonly<Record<string, FunctionBinder>> = {
  year: ofTime("yearOf", "long"),
  quarter: ofTime("quarterOf", "long"),
  month: ofTime("monthOf", "long"),
  week_of_year: ofTime("weekOfYear", "long"),
  day: ofTime("dayOf", "long"),
  dayofyear: ofTime("dayOfYear", "long"),
  hour: ofTime("hourOf", "long"),
  minute: ofTime("minuteOf", "long"),
  second: ofTime("secondOf", "long"),
  millisecond: scaledMicroseconds(1000),
  microsecond: scaledMicroseconds(1),
};

const part: FunctionBinder = (given) => {
  const name = partName(given, 0);
  const bind = PARTS[name];
  if (!bind) throw given.scope.session.notSupported(given.node, `${given.name}() of ${name}`);
  return bind({ ...given, args: given.args.slice(1) });
};

const sinceEpoch =
  (ticks: number): FunctionBinder =>
  (given) => {
    const since = call("multiplyReal", "real", toReal(argument(given, 0)), literal("real", ticks));
    return moved(literal("datetime", 621_355_968_000_000_000n), call("realWhole", "timespan", since));
  };

const madeTime: FunctionBinder = (given) => {
  const [first] = given.args;
  if (given.args.length === 1 && first) return toTime(first);
  const parts = [1, 1, 1, 0, 0].map((fallback, at) => {
    const value = given.args[at];
    return value ? toLong(value) : long(fallback);
  });
  return call("makeTime", "datetime", ...parts, given.args[5] ? toReal(given.args[5]) : literal("real", 0));
};

const madeSpan: FunctionBinder = ({ args }) => {
  const units = args.length === 4 ? ["day", "hour", "minute", "second"] : ["hour", "minute", "second"];
  const ticks = args.map((value, at) =>
    call("multiplyReal", "real", toReal(value), literal("real", LENGTHS[units[at] ?? "second"] ?? 1)),
  );
  const sum = ticks.reduce<Scalar>((one, other) => call("addReal", "real", one, other), literal("real", 0));
  return call("realWhole", "timespan", sum);
};

const zoned =
  (op: "toZone" | "fromZone"): FunctionBinder =>
  (given) =>
    call(op, "datetime", toTime(argument(given, 0)), argument(given, 1));

/** Functions of times and spans. */
export const timeFunctions: Family = {
  ingestion_time: ({ scope }) => columnOf(scope.rows, "TimeGenerated") ?? literal("datetime", null),
  now,
  ago,
  startofday: startOf("startOfDay"),
  startofweek: startOf("startOfWeek"),
  startofmonth: startOf("startOfMonth"),
  startofyear: startOf("startOfYear"),
  endofday: endOf("startOfDay"),
  endofweek: endOf("startOfWeek"),
  endofmonth: endOf("startOfMonth"),
  endofyear: endOf("startOfYear"),
  datetime_diff: difference,
  datetime_add: added,
  datetime_part: part,
  datepart: part,
  dayofweek: (given) =>
    call("multiply", "timespan", ofTime("dayOfWeek", "long")(given), span(LENGTHS["day"]!)),
  dayofmonth: ofTime("dayOf", "int"),
  dayofyear: ofTime("dayOfYear", "int"),
  week_of_year: ofTime("weekOfYear", "long"),
  weekofyear: ofTime("weekOfYear", "long"),
  monthofyear: ofTime("monthOf", "int"),
  getmonth: ofTime("monthOf", "int"),
  getyear: ofTime("yearOf", "int"),
  hourofday: ofTime("hourOf", "int"),
  make_datetime: madeTime,
  make_timespan: madeSpan,
  unixtime_seconds_todatetime: sinceEpoch(10_000_000),
  unixtime_milliseconds_todatetime: sinceEpoch(10_000),
  unixtime_microseconds_todatetime: sinceEpoch(10),
  unixtime_nanoseconds_todatetime: sinceEpoch(0.01),
  format_datetime: (given) => {
    const format = textOf(argument(given, 1));
    const engine = format === undefined ? undefined : strftimeOf(format);
    if (format !== undefined && formatTime(0n, format) === undefined)
      throw given.scope.session.wrong(
        given.node,
        `The format ${format} holds what format_datetime() does not know.`,
      );
    const time = toTime(argument(given, 0));
    if (engine === undefined || time.kind === "literal")
      return outsideCall("format_datetime", "string", [time, toText(argument(given, 1))]);
    return call("formatTime", "string", time, literal("string", engine));
  },
  datetime_utc_to_local: zoned("toZone"),
  datetime_local_to_utc: zoned("fromZone"),
};
