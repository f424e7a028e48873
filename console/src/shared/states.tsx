import { Button, Skeleton } from "@mantine/core";
import { ApiError } from "@picket/api/client";
import { type ReactNode, useEffect, useState } from "react";

const PATIENCE_MS = 300;

/** Why there is nothing, and what to do about it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children && <p className="prose">{children}</p>}
    </div>
  );
}

/** What somebody can do about an error that the server did not explain. */
function adviceFor(error: Error): { readonly code: string; readonly message: string } {
  if (error instanceof ApiError) return { code: error.code, message: error.message };
  if (/fetch|network|load/i.test(error.message))
    return {
      code: "CONSOLE_UNREACHED",
      message:
        "The server cannot be reached. Look whether it runs and whether this machine is online; then try again.",
    };
  return {
    code: "CONSOLE_UNEXPECTED",
    message: `This screen met something it did not expect: ${error.message}. Load it again; if it stays, report it with the code below.`,
  };
}

/** What went wrong, in the server's words, with the code to look up and a way to try again. */
export function Problem({ error, again }: { readonly error: Error; readonly again?: () => void }) {
  const { code, message } = adviceFor(error);
  return (
    <div className="problem" role="alert">
      <strong>This did not work</strong>
      <pre>{message}</pre>
      <div className="row">
        <span className="mono muted">{code}</span>
        {again && (
          <Button size="compact-sm" variant="default" onClick={again}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

/** Places for what is on its way; they stay away while it may still come at once. */
export function Waiting({ lines = 3 }: { readonly lines?: number }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const patience = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(patience);
  }, []);
  if (!isLate) return null;
  return (
    <div className="stack" role="status" aria-label="Loading">
      <Skeleton height={26} width="40%" />
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} height={64} />
      ))}
    </div>
  );
}

interface Asked<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** Shows an answer when it is there; till then its place, or what went wrong. */
export function Loaded<T>({
  from,
  children,
}: {
  readonly from: Asked<T>;
  readonly children: (data: T) => ReactNode;
}) {
  if (from.data !== undefined) return children(from.data);
  if (from.error) return <Problem error={from.error} again={() => void from.refetch()} />;
  return <Waiting />;
}
