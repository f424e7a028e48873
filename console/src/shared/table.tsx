import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";

/** One column of a list. */
export interface Column<T> {
  readonly name: string;
  /** CSS width; without one the column takes what is left. */
  readonly width?: number;
  readonly isNumber?: boolean;
  readonly head?: ReactNode;
  readonly cell: (row: T, index: number) => ReactNode;
}

interface TableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly idOf: (row: T, index: number) => string;
  /** How many there are in all, when only some are here. */
  readonly total?: number;
  /** The row the keyboard is at. */
  readonly here?: number;
  readonly onRow?: (index: number) => void;
  /** Called when the last rows come into view. */
  readonly onEnd?: () => void;
  readonly minWidth?: number;
}

const ROW = 36;

/** A list of any length: only the rows in view exist. Still a table to screen readers. */
export function VirtualTable<T>(props: TableProps<T>) {
  const { label, columns, rows, total, minWidth = 760 } = props;
  const place = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollPaddingStart: ROW,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 20) props.onEnd?.();
  }, [last, rows.length, props.onEnd]);
  useEffect(() => {
    if (props.here !== undefined && props.here >= 0) virtual.scrollToIndex(props.here);
  }, [props.here, virtual]);
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div className="vtable" ref={place} tabIndex={0} role="region" aria-label={label}>
      <table className="rows" aria-rowcount={(total ?? rows.length) + 1} style={{ minWidth }}>
        <Head columns={columns} />
        <tbody>
          <Spacer height={above} span={columns.length} />
          {items.map(({ index }) => (
            <Row key={props.idOf(rows[index]!, index)} {...props} index={index} />
          ))}
          <Spacer height={below} span={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

function Head<T>({ columns }: { readonly columns: readonly Column<T>[] }) {
  return (
    <>
      <colgroup>
        {columns.map(({ name, width }) => (
          <col key={name} style={width === undefined ? {} : { width }} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map(({ name, head, isNumber }) => (
            <th key={name} scope="col" className={isNumber ? "number" : undefined}>
              {head ?? name}
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
}

function Row<T>({ columns, rows, index, here, onRow }: TableProps<T> & { readonly index: number }) {
  const row = rows[index]!;
  return (
    <tr
      aria-rowindex={index + 2}
      data-here={here === index}
      onClick={onRow ? () => onRow(index) : undefined}
      onKeyDown={undefined}
    >
      {columns.map(({ name, isNumber, cell }) => (
        <td key={name} className={isNumber ? "number" : undefined}>
          {cell(row, index)}
        </td>
      ))}
    </tr>
  );
}

function Spacer({ height, span }: { readonly height: number; readonly span: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a spacer holds nothing that could take the focus
    <tr className="spacer" aria-hidden="true">
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}
