import { Alert, Button, Group, Skeleton, Stack, Text, Tooltip } from "@mantine/core";
import { ApiError } from "@picket/api/client";
import type { ReactNode } from "react";
import { ago, at } from "./format.js";

const shapes: Readonly<Record<string, { readonly color: string; readonly path: string }>> = {
  High: { color: "#c2410c", path: "M7 1 13 12H1Z" },
  Medium: { color: "#b45309", path: "M7 1 13 7 7 13 1 7Z" },
  Low: { color: "#0e7490", path: "M2 2h10v10H2Z" },
  Informational: { color: "#64748b", path: "M7 1a6 6 0 1 1 0 12A6 6 0 0 1 7 1Z" },
};

/** Severity by colour, word and shape. */
export function Severity({ of }: { readonly of: string | undefined }) {
  const { color, path } = shapes[of ?? ""] ?? shapes["Informational"]!;
  return (
    <span className="severity">
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        <path d={path} fill={color} />
      </svg>
      {of ?? "Unknown"}
    </span>
  );
}

/** A time: how long ago, and exactly when pointed at. */
export function When({ at: iso }: { readonly at: string | undefined }) {
  return (
    <Tooltip label={at(iso)} disabled={!iso}>
      <time dateTime={iso} style={{ whiteSpace: "nowrap" }}>
        {ago(iso)}
      </time>
    </Tooltip>
  );
}

/** Why there is nothing, and what to do about it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Stack gap={4} p="lg" align="flex-start">
      <Text fw={600}>{title}</Text>
      <Text c="dimmed">{children}</Text>
    </Stack>
  );
}

/** What went wrong, in the server's words, and a way to try again. */
export function Problem({ error, again }: { readonly error: Error; readonly again?: () => void }) {
  const code = error instanceof ApiError ? error.code : "CONSOLE_UNEXPECTED";
  return (
    <Alert color="orange" variant="outline" title="This did not work" role="alert">
      <Text style={{ whiteSpace: "pre-wrap" }}>{error.message}</Text>
      <Group mt="xs" gap="md">
        <Text className="mono" c="dimmed">
          {code}
        </Text>
        {again && (
          <Button size="compact-sm" variant="default" onClick={again}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
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
  return (
    <Stack aria-busy="true" aria-label="Loading" gap="sm">
      <Skeleton height={28} />
      <Skeleton height={120} />
    </Stack>
  );
}
