import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { Panel } from "../shared/page.js";
import { Loaded, Problem } from "../shared/states.js";

/** Values that no feed can make an alert of. */
export function AllowList() {
  const queries = useQueryClient();
  const mayChange = useMay("analyst");
  const found = useQuery({ queryKey: ["allowed"], queryFn: () => api("GET /intel/allowed") });
  const [error, setError] = useState<Error>();
  const set = (value: string, isAllowed: boolean, reason: string): void => {
    setError(undefined);
    api("PUT /intel/allowed", { body: { value, isAllowed, reason } }).then(
      () => queries.invalidateQueries({ queryKey: ["allowed"] }),
      setError,
    );
  };
  return (
    <Panel title="Never told of">
      {error && <Problem error={error} />}
      <Loaded from={found}>
        {({ allowed }) =>
          allowed.length === 0 ? (
            <p className="muted small">
              Put here what a feed wrongly calls bad, such as your own resolver. It wins over every feed.
            </p>
          ) : (
            <table className="rows">
              <tbody>
                {allowed.map(({ value, actor, since, reason }) => (
                  <tr key={value}>
                    <td className="mono">{value}</td>
                    <td>{reason}</td>
                    <td className="nowrap muted">
                      {actor}, <When at={since} />
                    </td>
                    <td className="number">
                      {mayChange && (
                        <Button
                          size="compact-sm"
                          variant="subtle"
                          aria-label={`No longer allow ${value}`}
                          onClick={() => set(value, false, "no longer allowed")}
                        >
                          No longer
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {mayChange && <AllowForm allow={(value, reason) => set(value, true, reason)} />}
    </Panel>
  );
}

function AllowForm({ allow }: { readonly allow: (value: string, reason: string) => void }) {
  const [value, setValue] = useState("");
  const [reason, setReason] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    allow(value.trim(), reason.trim());
    setValue("");
    setReason("");
  };
  return (
    <form onSubmit={submit} className="row" style={{ alignItems: "flex-end", marginTop: 10 }}>
      <TextInput
        label="Address, range, domain, URL or hash"
        value={value}
        maxLength={500}
        onChange={(event) => setValue(event.currentTarget.value)}
        w={280}
      />
      <TextInput
        label="Why"
        value={reason}
        maxLength={2_000}
        onChange={(event) => setReason(event.currentTarget.value)}
        style={{ flex: "1 1 200px" }}
      />
      <Button type="submit" variant="default" disabled={value.trim() === "" || reason.trim() === ""}>
        Never tell of it
      </Button>
    </form>
  );
}
