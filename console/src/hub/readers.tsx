import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { RemoveButton, useChange } from "../shared/change.js";
import { counted } from "../shared/format.js";
import { Panel } from "../shared/page.js";
import { Loaded, Problem } from "../shared/states.js";

/** Who reads the hub's messages through the Event Hub-compatible endpoint. */
export function Readers() {
  const found = useQuery({ queryKey: ["readers"], queryFn: () => api("GET /hub/consumer-groups") });
  const mayChange = useMay("admin");
  const { error, isBusy, change } = useChange("readers");
  const [name, setName] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change(
      api("PUT /hub/consumer-groups/{name}", { params: { name: name.trim() } }),
      () => `${name.trim()} may read.`,
      () => setName(""),
    );
  };
  return (
    <Panel title="Consumer groups of the Event Hub-compatible endpoint">
      {error && <Problem error={error} />}
      <Loaded from={found}>
        {({ groups, readers }) => (
          <>
            <p className="muted small">{counted(readers, "reader")} connected.</p>
            <Groups groups={groups} />
          </>
        )}
      </Loaded>
      {mayChange && (
        <form onSubmit={submit} className="row" style={{ alignItems: "flex-end", marginTop: 14 }}>
          <TextInput
            label="Another group"
            value={name}
            maxLength={50}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={isBusy} disabled={name.trim() === ""}>
            Add
          </Button>
        </form>
      )}
    </Panel>
  );
}

function Groups({ groups }: { readonly groups: readonly string[] }) {
  const { error, change } = useChange("readers");
  return (
    <>
      {error && <Problem error={error} />}
      <table className="rows">
        <tbody>
          {groups.map((group) => (
            <tr key={group}>
              <td>{group}</td>
              <td className="number">
                {group !== "$Default" && (
                  <RemoveButton
                    name={group}
                    follows="Its readers are disconnected."
                    remove={() =>
                      change(
                        api("DELETE /hub/consumer-groups/{name}", { params: { name: group } }),
                        () => `${group} is removed.`,
                      )
                    }
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
