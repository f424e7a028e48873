import { Button, MultiSelect, TextInput } from "@mantine/core";
import type { Call, Reply, Routes } from "@picket/api";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { RemoveButton, useChange } from "../shared/change.js";
import { When } from "../shared/clock.js";
import { Command } from "../shared/copy.js";
import { Heads } from "../shared/heads.js";
import { Panel } from "../shared/page.js";
import { Loaded, Problem } from "../shared/states.js";

type Policy = Reply<Routes["GET /hub/policies"]>["policies"][number];
type Right = Call<Routes["PUT /hub/policies/{name}"]>["body"]["rights"][number];

const rights: readonly { readonly value: Right; readonly label: string }[] = [
  { value: "serviceConnect", label: "Call devices and read messages" },
  { value: "registryRead", label: "Read identities" },
  { value: "registryWrite", label: "Change identities" },
  { value: "deviceConnect", label: "Connect as any device" },
  { value: "enrollmentRead", label: "Read enrolments" },
  { value: "enrollmentWrite", label: "Change enrolments" },
  { value: "registrationStatusRead", label: "Read registrations" },
  { value: "registrationStatusWrite", label: "Change registrations" },
];
const wordFor = (right: string): string => rights.find(({ value }) => value === right)?.label ?? right;

/** Keys of service applications, each with the least rights it needs. */
export function Policies() {
  const found = useQuery({ queryKey: ["policies"], queryFn: () => api("GET /hub/policies") });
  const mayChange = useMay("admin");
  const { error, change } = useChange("policies");
  const [shown, setShown] = useState<{ name: string; primary: string; secondary: string }>();
  const connection = (name: string): void =>
    change(
      api("POST /hub/policies/{name}/connection", { params: { name } }),
      () => `Connection strings of ${name}.`,
      (keys) => setShown({ name, ...keys }),
    );
  return (
    <Panel title="Shared access policies">
      {error && <Problem error={error} />}
      {shown && (
        <div className="problem" style={{ borderColor: "var(--accent)" }} role="status">
          <Command label={`${shown.name}, primary key`} text={shown.primary} />
          <Command label={`${shown.name}, secondary key`} text={shown.secondary} />
        </div>
      )}
      <Loaded from={found}>
        {({ policies }) => (
          <table className="rows top">
            <Heads of={["Policy", "May", "Keys made", ""]} />
            <tbody>
              {policies.map((policy) => (
                <PolicyRow key={policy.name} policy={policy} connection={connection} />
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
      {mayChange && <AddPolicy />}
    </Panel>
  );
}

function PolicyRow({
  policy,
  connection,
}: {
  readonly policy: Policy;
  readonly connection: (name: string) => void;
}) {
  const mayChange = useMay("admin");
  const { change } = useChange("policies");
  const { name, isBuiltIn, keysUpdatedTime } = policy;
  const params = { name };
  const renew = (key: "primary" | "secondary"): void => {
    if (confirm(`Make the ${key} key of ${name} anew? Whoever uses the old one is refused at once.`))
      change(
        api("POST /hub/policies/{name}/keys", { params, body: { key } }),
        () => `The ${key} key of ${name} is new.`,
      );
  };
  return (
    <tr>
      <td>
        <strong>{name}</strong>
        {isBuiltIn && <div className="muted small">every hub has it</div>}
      </td>
      <td>{policy.rights.map(wordFor).join(", ")}</td>
      <td>{Date.parse(keysUpdatedTime) > 0 ? <When at={keysUpdatedTime} /> : "at the first start"}</td>
      <td className="number nowrap">
        {mayChange && (
          <>
            <Button size="compact-sm" variant="subtle" onClick={() => connection(name)}>
              Connection strings
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={() => renew("secondary")}>
              New secondary…
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={() => renew("primary")}>
              New primary…
            </Button>
            {!isBuiltIn && (
              <RemoveButton
                name={name}
                follows="Applications that use its keys are refused at once."
                remove={() =>
                  change(api("DELETE /hub/policies/{name}", { params }), () => `${name} is removed.`)
                }
              />
            )}
          </>
        )}
      </td>
    </tr>
  );
}

function AddPolicy() {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<Right[]>([]);
  const { error, isBusy, change } = useChange("policies");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change(
      api("PUT /hub/policies/{name}", { params: { name: name.trim() }, body: { rights: chosen } }),
      () => `${name.trim()} may do what was chosen, and nothing else.`,
      () => setName(""),
    );
  };
  return (
    <form onSubmit={submit} className="row" style={{ alignItems: "flex-end", marginTop: 14 }}>
      {error && <Problem error={error} />}
      <TextInput
        label="Name"
        placeholder="dashboard"
        value={name}
        maxLength={64}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <MultiSelect
        label="May"
        data={[...rights]}
        value={chosen}
        onChange={(values) =>
          setChosen(rights.filter(({ value }) => values.includes(value)).map((each) => each.value))
        }
        w={420}
      />
      <Button type="submit" loading={isBusy} disabled={name.trim() === "" || chosen.length === 0}>
        Make a policy
      </Button>
    </form>
  );
}
