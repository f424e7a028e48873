import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { RemoveButton, useChange } from "../shared/change.js";
import { Command } from "../shared/copy.js";
import { Heads } from "../shared/heads.js";
import { Panel } from "../shared/page.js";
import { Empty, Loaded, Problem } from "../shared/states.js";
import { type Bag, proofOf, textAt } from "./read.js";

type Kind = "individual" | "group";

const idOf = (enrolment: Bag): string =>
  textAt(enrolment, "registrationId") || textAt(enrolment, "enrollmentGroupId");

/** Devices that may come by themselves: one by one, or a whole group with one key or one authority. */
export function Enrolments() {
  const [kind, setKind] = useState<Kind>("group");
  const mayChange = useMay("admin");
  const found = useQuery({
    queryKey: ["enrolments", kind],
    queryFn: () => api("GET /hub/enrolments/{kind}", { params: { kind }, query: { limit: 500 } }),
  });
  return (
    <Panel
      title="Devices that may come by themselves"
      tools={
        <SegmentedControl
          size="xs"
          aria-label="Kind of enrolment"
          value={kind}
          onChange={(value) => setKind(value === "individual" ? "individual" : "group")}
          data={[
            { value: "group", label: "Groups" },
            { value: "individual", label: "Single devices" },
          ]}
        />
      }
    >
      <Loaded from={found}>
        {({ enrolments }) =>
          enrolments.length === 0 ? (
            <Empty title="None">
              A device that is enrolled registers itself at its first start: put the ID scope and its key, or
              its certificate, on it in the factory.
            </Empty>
          ) : (
            <EnrolmentTable kind={kind} enrolments={enrolments} mayChange={mayChange} />
          )
        }
      </Loaded>
      {mayChange && <AddEnrolment kind={kind} />}
    </Panel>
  );
}

interface TableProps {
  readonly kind: Kind;
  readonly enrolments: readonly Bag[];
  readonly mayChange: boolean;
}

function EnrolmentTable({ kind, enrolments, mayChange }: TableProps) {
  const { error, change } = useChange("enrolments");
  const [keys, setKeys] = useState<{ id: string; primaryKey: string }>();
  const show = (id: string): void =>
    change(
      api("POST /hub/enrolments/{kind}/{id}/keys", { params: { kind, id }, body: {} }),
      () => `The key of ${id}.`,
      ({ primaryKey }) => setKeys({ id, primaryKey }),
    );
  return (
    <>
      {error && <Problem error={error} />}
      {keys && <Command label={`Primary key of ${keys.id}`} text={keys.primaryKey} />}
      <table className="rows">
        <Heads of={["Enrolment", "Proves itself by", "State", ""]} />
        <tbody>
          {enrolments.map((enrolment) => {
            const id = idOf(enrolment);
            const params = { kind, id };
            return (
              <tr key={id}>
                <td>
                  <strong>{id}</strong>
                </td>
                <td>{proofOf(enrolment)}</td>
                <td>{textAt(enrolment, "provisioningStatus") || "enabled"}</td>
                <td className="number nowrap">
                  {mayChange && proofOf(enrolment) === "a key" && (
                    <Button size="compact-sm" variant="subtle" onClick={() => show(id)}>
                      Show the key
                    </Button>
                  )}
                  <RemoveButton
                    name={id}
                    follows="Devices that came by it stay registered."
                    remove={() =>
                      change(api("DELETE /hub/enrolments/{kind}/{id}", { params }), () => `${id} is removed.`)
                    }
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

function AddEnrolment({ kind }: { readonly kind: Kind }) {
  const [id, setId] = useState("");
  const [status, setStatus] = useState("enabled");
  const { error, isBusy, change } = useChange("enrolments");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const name = kind === "group" ? { enrollmentGroupId: id.trim() } : { registrationId: id.trim() };
    const body = { ...name, attestation: { type: "symmetricKey" }, provisioningStatus: status };
    change(
      api("PUT /hub/enrolments/{kind}/{id}", { params: { kind, id: id.trim() }, body }),
      () => `${id.trim()} may come.`,
      () => setId(""),
    );
  };
  return (
    <form onSubmit={submit} className="row" style={{ alignItems: "flex-end", marginTop: 14 }}>
      {error && <Problem error={error} />}
      <TextInput
        label={kind === "group" ? "Group" : "Registration id"}
        description="Proves itself by a key, which is made for it."
        value={id}
        maxLength={128}
        onChange={(event) => setId(event.currentTarget.value)}
      />
      <Select
        label="State"
        data={["enabled", "disabled"]}
        value={status}
        allowDeselect={false}
        onChange={(value) => setStatus(value ?? "enabled")}
        w={130}
      />
      <Button type="submit" loading={isBusy} disabled={id.trim() === ""}>
        Enrol
      </Button>
    </form>
  );
}
