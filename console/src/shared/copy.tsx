import { Button } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";

const SHOWN_MS = 2_000;

/** Copies a text and says so. */
export function CopyButton({ text, label = "Copy" }: { readonly text: string; readonly label?: string }) {
  const [isDone, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), SHOWN_MS);
  };
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={isDone ? <IconCheck size={15} /> : <IconCopy size={15} />}
      onClick={() => void copy()}
    >
      {isDone ? "Copied" : label}
    </Button>
  );
}

/** A command or document to read and take along. */
export function Command({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div>
      <div className="row apart" style={{ marginBottom: 4 }}>
        <span className="small muted">{label}</span>
        <CopyButton text={text} />
      </div>
      <pre className="command scroll" tabIndex={0}>
        {text}
      </pre>
    </div>
  );
}

/** Any value as JSON to read. */
export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return <Command text={JSON.stringify(value, null, 2)} label={label} />;
}
