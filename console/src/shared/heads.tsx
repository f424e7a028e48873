/** The heads of a table's columns; the column of buttons has none that is seen. */
export function Heads({ of }: { readonly of: readonly string[] }) {
  return (
    <thead>
      <tr>
        {of.map((name) => (
          <th key={name} scope="col">
            {name || <span className="hidden">Change</span>}
          </th>
        ))}
      </tr>
    </thead>
  );
}
