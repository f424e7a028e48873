import { type ReactNode, useEffect } from "react";

interface PageProps {
  readonly title: string;
  /** What this screen is for, in a sentence. */
  readonly lede?: ReactNode;
  /** What can be done here. */
  readonly tools?: ReactNode;
  /** True when the screen scrolls inside instead of as a whole. */
  readonly isFilled?: boolean;
  readonly children: ReactNode;
}

/** A screen: its name, what it is for, what can be done, and its content. */
export function Page({ title, lede, tools, isFilled = false, children }: PageProps) {
  useTitle(title);
  return (
    <div className={isFilled ? "page fill" : "page"}>
      <header>
        <h1>{title}</h1>
        {tools && <div className="row">{tools}</div>}
        {lede && <p className="lede">{lede}</p>}
      </header>
      {children}
    </div>
  );
}

/** Names the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Picket`;
  }, [title]);
}

interface PanelProps {
  readonly title: string;
  readonly tools?: ReactNode;
  /** True when the content reaches the edges. */
  readonly isFlush?: boolean;
  readonly children: ReactNode;
}

/** A named part of a screen. */
export function Panel({ title, tools, isFlush = false, children }: PanelProps) {
  return (
    <section className={isFlush ? "panel flush" : "panel"} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {tools}
      </header>
      {children}
    </section>
  );
}

/** Names and values. */
export function Facts({ of }: { readonly of: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {of.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value === "" || value === undefined || value === null ? "–" : value}</dd>
        </div>
      ))}
    </dl>
  );
}
