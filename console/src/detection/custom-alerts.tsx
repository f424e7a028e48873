import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { useChange } from "../shared/change.js";
import { counted } from "../shared/format.js";
import { Page } from "../shared/page.js";
import { textOf } from "../shared/search.js";
import { Loaded, Problem } from "../shared/states.js";
import { BackTest } from "./back-test.js";
import { faultsOf, type Group, readGroup, switchedOn, writeGroup } from "./group.js";
import { GroupEditor } from "./group-editor.js";

const USUAL = "default";

/** Alerts of one's own, for groups of devices: sentences to fill in, tried on history before they are saved. */
export function CustomAlerts() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const name = textOf(search, "group") || USUAL;
  const groups = useQuery({ queryKey: ["groups"], queryFn: () => api("GET /detection/security-groups") });
  const stored = useQuery({
    queryKey: ["groups", name],
    queryFn: () => api("GET /detection/security-groups/{name}", { params: { name } }),
  });
  const show = (group: string): void =>
    void navigate({ to: "/custom-alerts", search: { group: group === USUAL ? "" : group } });
  const names = [...new Set([USUAL, ...(groups.data?.groups.map((each) => each.name) ?? []), name])];
  return (
    <Page
      title="Custom alerts"
      lede="What is wrong on your devices and nowhere else. A device belongs to the group its twin's tag SecurityGroup names."
      tools={<NewGroup show={show} />}
    >
      <nav className="row" aria-label="Groups">
        {names.map((each) => (
          <button
            key={each}
            type="button"
            className="chip"
            aria-current={each === name ? "true" : undefined}
            onClick={() => show(each)}
          >
            {each}
          </button>
        ))}
      </nav>
      <Loaded from={stored}>
        {(group) => <Desk key={name + JSON.stringify(group)} name={name} stored={readGroup(group)} />}
      </Loaded>
    </Page>
  );
}

function NewGroup({ show }: { readonly show: (group: string) => void }) {
  const [name, setName] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== "") show(name.trim());
    setName("");
  };
  return (
    <form onSubmit={submit} className="row">
      <TextInput
        aria-label="Another group"
        placeholder="Another group"
        value={name}
        maxLength={128}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={name.trim() === ""}>
        Open
      </Button>
    </form>
  );
}

function Desk({ name, stored }: { readonly name: string; readonly stored: Group }) {
  const { error, isBusy, change: make } = useChange("groups");
  const mayChange = useMay("admin");
  const [group, setGroup] = useState(stored);
  const [isTried, setTried] = useState(true);
  const kept = JSON.stringify(writeGroup(stored));
  const isChanged = JSON.stringify(writeGroup(group)) !== kept;
  const faults = faultsOf(group);
  const on = switchedOn(group);
  const save = (): void => {
    if (!isTried && !confirm("It was not tried on what is stored. Save it all the same?")) return;
    make(
      api("PUT /detection/security-groups/{name}", { params: { name }, body: writeGroup(group) }),
      () => `${counted(on, "custom alert")} of ${name} in force.`,
    );
  };
  const change = (next: Group): void => {
    setGroup(next);
    setTried(false);
  };
  return (
    <div className="split">
      <div className="stack">
        <GroupEditor group={group} change={change} isFixed={!mayChange} />
      </div>
      <div className="stack">
        <div className="panel">
          <div className="row apart">
            <strong>{on === 0 ? "Nothing is switched on" : `${counted(on, "alert")} switched on`}</strong>
            <Button onClick={save} loading={isBusy} disabled={!mayChange || !isChanged || faults.length > 0}>
              Save
            </Button>
          </div>
          <p className="muted small">
            {!mayChange
              ? "An administrator may change these."
              : isChanged
                ? "In force within seconds after you save."
                : "This is what is in force."}
          </p>
          {faults.map((fault) => (
            <p key={fault} className="small fault" role="alert">
              {fault}
            </p>
          ))}
          {error && <Problem error={error} />}
        </div>
        <BackTest
          what={on === 0 || faults.length > 0 ? null : { group: { name, value: writeGroup(group) } }}
          done={() => setTried(true)}
        />
      </div>
    </div>
  );
}
