import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "./api.js";
import { useToast } from "./toast.js";

/** Makes changes of one list: says what failed, and reads the list again. */
export function useChange(list: string) {
  const queries = useQueryClient();
  const say = useToast();
  const [error, setError] = useState<Error>();
  const [isBusy, setBusy] = useState(false);
  const change = <T,>(made: Promise<T>, said: (answer: T) => string, then?: (answer: T) => void): void => {
    setError(undefined);
    setBusy(true);
    made
      .then((answer) => {
        say(said(answer));
        then?.(answer);
        return queries.invalidateQueries({ queryKey: [list] });
      }, setError)
      .finally(() => setBusy(false));
  };
  return { error, isBusy, change };
}

interface RemoveProps {
  readonly name: string;
  /** What follows, as the question says it. */
  readonly follows: string;
  readonly remove: () => void;
}

/** Removes something after a question that says what follows; administrators only. */
export function RemoveButton({ name, follows, remove }: RemoveProps) {
  if (!useMay("admin")) return null;
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      aria-label={`Remove ${name}`}
      onClick={() => confirm(`Remove ${name}? ${follows}`) && remove()}
    >
      Remove…
    </Button>
  );
}
