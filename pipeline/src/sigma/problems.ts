/** Something that is wrong with a rule file, and where. */
export interface SigmaProblem {
  /** An error keeps the rule from being used; a warning does not. */
  readonly level: "error" | "warning";
  /** Short name of the check, such as `unknown-modifier`. */
  readonly check: string;
  /** What is wrong and what would be right, in a sentence. */
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Stops the reading of one rule; its place is the path in the document. */
export class RuleError extends Error {
  readonly check: string;
  readonly path: readonly (string | number)[];
  /** Characters into the text at the path, for conditions and expressions. */
  readonly offset: number;

  constructor(check: string, message: string, path: readonly (string | number)[] = [], offset = 0) {
    super(message);
    this.check = check;
    this.path = path;
    this.offset = offset;
  }
}
