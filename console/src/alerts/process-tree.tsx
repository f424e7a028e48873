import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useClock } from "../shared/clock.js";
import { clock } from "../shared/format.js";
import { type Line, linesOf, type ProcessNode } from "./ancestry.js";

/** The process, what it descends from and what it started; arrows walk, left and right fold. */
export function ProcessTree({ root }: { readonly root: ProcessNode }) {
  const tree = useRef<HTMLUListElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const lines = useMemo(() => linesOf(root, folded), [root, folded]);
  const [at, setAt] = useState(() => lines.find(({ node }) => node.isSelf)?.node.key ?? root.key);
  const fold = (key: string, isFolded: boolean): void =>
    setFolded((before) => new Set(isFolded ? [...before, key] : [...before].filter((each) => each !== key)));
  const go = (line: Line | undefined): void => {
    if (!line) return;
    setAt(line.node.key);
    tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(line.node.key)}"]`)?.focus();
  };
  /** Walks or folds; answers whether the key meant anything. */
  const moveFor = (key: string, { index, line }: { index: number; line: Line | undefined }): boolean => {
    const isOpen = line !== undefined && line.node.children.length > 0 && !folded.has(at);
    if (key === "ArrowDown") go(lines[index + 1]);
    else if (key === "ArrowUp") go(lines[index - 1]);
    else if (key === "Home") go(lines[0]);
    else if (key === "End") go(lines.at(-1));
    else if (key === "ArrowLeft" && isOpen) fold(at, true);
    else if (key === "ArrowLeft") go(lines.find(({ node }) => node.key === line?.parent));
    else if (key === "ArrowRight" && folded.has(at)) fold(at, false);
    else if (key === "ArrowRight") go(lines[index + 1]);
    else return false;
    return true;
  };
  const press = (event: KeyboardEvent): void => {
    const index = lines.findIndex(({ node }) => node.key === at);
    const line = lines[index];
    if (!moveFor(event.key, { index, line })) return;
    event.preventDefault();
  };
  return (
    <ul className="tree" role="tree" aria-label="Process ancestry" ref={tree} onKeyDown={press}>
      <Branch node={root} level={1} folded={folded} at={at} onPick={setAt} />
    </ul>
  );
}

interface BranchProps {
  readonly node: ProcessNode;
  readonly level: number;
  readonly folded: ReadonlySet<string>;
  readonly at: string;
  readonly onPick: (key: string) => void;
}

function Branch({ node, level, folded, at, onPick }: BranchProps) {
  const { zone } = useClock();
  const isOpen = !folded.has(node.key);
  const isParent = node.children.length > 0;
  return (
    <li
      role="treeitem"
      aria-level={level}
      aria-selected={node.key === at}
      aria-expanded={isParent ? isOpen : undefined}
      tabIndex={node.key === at ? 0 : -1}
      data-key={node.key}
      data-self={node.isSelf}
      onFocus={(event) => event.target === event.currentTarget && onPick(node.key)}
    >
      <div>
        <span className="twist" aria-hidden="true">
          {isParent ? (isOpen ? "▾" : "▸") : "·"}
        </span>
        <span className="mono">
          {node.commandLine || node.executable || `process ${node.processId}, not seen starting`}
        </span>
        <div className="small muted" style={{ paddingLeft: 14 }}>
          {[
            node.isSelf ? "this alert" : "",
            node.userName && `as ${node.userName}`,
            `id ${node.processId}`,
            node.executable !== node.commandLine.split(" ")[0] ? node.executable : "",
            clock(node.at, zone),
          ]
            .filter(Boolean)
            .join(" · ")}
        </div>
      </div>
      {isParent && isOpen && (
        <ul className="tree" role="group">
          {node.children.map((child) => (
            <Branch key={child.key} node={child} level={level + 1} folded={folded} at={at} onPick={onPick} />
          ))}
        </ul>
      )}
    </li>
  );
}
