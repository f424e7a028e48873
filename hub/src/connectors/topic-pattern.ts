/** Whose message a topic carries. */
export interface TopicOwner {
  readonly deviceId: string;
  readonly moduleId: string;
}

const PLACE = /^\{(device|module)\}$/;

/** A topic with places for ids, such as `plants/+/devices/{device}/security`. */
export class TopicPattern {
  /** What to subscribe to. */
  readonly filter: string;
  readonly #levels: readonly string[];

  private constructor(levels: readonly string[]) {
    this.#levels = levels;
    this.filter = levels.map((level) => (PLACE.test(level) ? "+" : level)).join("/");
  }

  /** Reads a pattern; answers what is wrong when it is none. */
  static parse(text: string): TopicPattern | string {
    const levels = text.split("/");
    if (levels.filter((level) => level === "{device}").length !== 1)
      return "needs {device} as one of its levels";
    if (levels.filter((level) => level === "{module}").length > 1) return "has {module} more than once";
    if (levels.some((level) => /[{}]/.test(level) && !PLACE.test(level)))
      return "knows {device} and {module}, each a whole level";
    if (levels.some((level) => (level.includes("+") || level.includes("#")) && level.length > 1))
      return "has + or # inside of a level; each must be a level of its own";
    if (levels.slice(0, -1).includes("#")) return "has # before its end";
    return new TopicPattern(levels);
  }

  /** The owner of a topic; undefined when the topic is another. */
  match(topic: string): TopicOwner | undefined {
    const given = topic.split("/");
    const isOpen = this.#levels.at(-1) === "#";
    const length = isOpen ? this.#levels.length - 1 : this.#levels.length;
    if (isOpen ? given.length < length : given.length !== length) return undefined;
    const owner = { deviceId: "", moduleId: "" };
    for (let index = 0; index < length; index += 1) {
      const [level, value] = [this.#levels[index]!, given[index]!];
      if (level === "{device}") owner.deviceId = value;
      else if (level === "{module}") owner.moduleId = value;
      else if (level !== "+" && level !== value) return undefined;
    }
    return owner.deviceId === "" ? undefined : owner;
  }
}
