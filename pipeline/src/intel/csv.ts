/** Rows of comma-separated text with the line they start on, as RFC 4180 has them; semicolons and tabs are understood. */
export function* parseCsv(text: string): Generator<{ line: number; cells: string[] }> {
  const separator = separatorOf(text);
  let cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  let line = 1;
  let start = 1;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (letter === "\n") line += 1;
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (letter === '"' && cell === "") isQuoted = true;
    else if (letter === separator) {
      cells.push(cell.trim());
      cell = "";
    } else if (letter === "\n") {
      cells.push(cell.trim());
      yield { line: start, cells };
      cells = [];
      cell = "";
      start = line;
    } else cell += letter;
  }
  if (cell !== "" || cells.length > 0) yield { line: start, cells: [...cells, cell.trim()] };
}

/** The separator that the first line with one uses. */
function separatorOf(text: string): string {
  const first = text.split("\n", 50).find((line) => !line.startsWith("#") && /[,;\t]/.test(line)) ?? "";
  return first.includes(",") ? "," : first.includes(";") ? ";" : "\t";
}
