import { TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { brief } from "../shared/format.js";
import type { ServerSchema } from "./language.js";

interface SchemaPaneProps {
  readonly schema: ServerSchema | undefined;
  /** Puts a word into the query. */
  readonly insert: (word: string) => void;
  /** Starts from a table. */
  readonly start: (query: string) => void;
}

type Table = ServerSchema["tables"][number];

/** The tables with their columns and what they hold; a column goes into the query by a click. */
export function SchemaPane({ schema, insert, start }: SchemaPaneProps) {
  const [words, setWords] = useState("");
  const tables = useMemo(() => matching(schema?.tables ?? [], words.trim().toLowerCase()), [schema, words]);
  return (
    <section className="panel schema" aria-label="Tables">
      <TextInput
        size="xs"
        aria-label="Search tables and columns"
        placeholder="Table or column"
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        mb={8}
      />
      {tables.map((table) => (
        <TableEntry key={table.name} table={table} isOpen={words !== ""} insert={insert} start={start} />
      ))}
      {schema && tables.length === 0 && <p className="muted small">No table or column is called that.</p>}
    </section>
  );
}

/** Tables whose name matches, or that have columns that match; then only those. */
function matching(tables: readonly Table[], words: string): readonly Table[] {
  if (words === "") return tables;
  return tables.flatMap((table) => {
    if (table.name.toLowerCase().includes(words)) return [table];
    const columns = table.columns.filter(({ name, members = [] }) =>
      [name, ...members.map((member) => member.name)].some((each) => each.toLowerCase().includes(words)),
    );
    return columns.length > 0 ? [{ ...table, columns }] : [];
  });
}

interface TableEntryProps {
  readonly table: Table;
  readonly isOpen: boolean;
  readonly insert: (word: string) => void;
  readonly start: (query: string) => void;
}

function TableEntry({ table: { name, about, rows, columns }, isOpen, insert, start }: TableEntryProps) {
  return (
    <details open={isOpen}>
      <summary title={about}>
        <strong className="cut">{name}</strong>
        <span className="number muted small">{brief(rows)}</span>
      </summary>
      <p className="muted small" style={{ padding: "0 0 4px 16px" }}>
        {about}
      </p>
      <ul>
        <li>
          <button type="button" onClick={() => start(`${name}\n| take 100`)}>
            <span style={{ color: "var(--accent)" }}>Start with some of its rows</span>
          </button>
        </li>
        {columns.map((column) => (
          <li key={column.name}>
            <button type="button" title={column.about} onClick={() => insert(column.name)}>
              <span className="mono cut">{column.name}</span>
              <span className="type">{column.type}</span>
            </button>
            {column.members && (
              <ul>
                {column.members.map((member) => (
                  <li key={member.name}>
                    <button
                      type="button"
                      title={member.about}
                      onClick={() => insert(`parse_json(${column.name}).${member.name}`)}
                    >
                      <span className="mono cut">.{member.name}</span>
                      <span className="type">{member.type}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
