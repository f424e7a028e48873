/** The name that was probably meant; undefined when none is near. */
export function nearest(word: string, names: Iterable<string>): string | undefined {
  if (!/^[\w-]{2,64}$/.test(word)) return undefined;
  const most = Math.max(word.length < 5 ? 1 : 2, Math.floor(word.length / 4));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    if (name === word || Math.abs(name.length - word.length) > most) continue;
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance <= most && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { name, distance };
  }
  return best?.name;
}

/** How many letters must be changed, added, removed or swapped with their neighbour. */
export function editDistance(one: string, other: string): number {
  const table = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const change = table[row - 1]![column - 1]! + (isSame ? 0 : 1);
      const isSwap =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const swap = isSwap ? table[row - 2]![column - 2]! + 1 : change;
      line.push(Math.min(change, swap, table[row - 1]![column]! + 1, line[column - 1]! + 1));
    }
    table.push(line);
  }
  return table.at(-1)!.at(-1)!;
}
