import { Button, Checkbox, Modal, Select, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, useSession } from "../shared/api.js";
import { Problem } from "../shared/states.js";
import { useToast } from "../shared/toast.js";

/** The queries kept under a name: one's own, and those that others share. */
export function SavedSelect({ choose }: { readonly choose: (query: string) => void }) {
  const { data } = useQuery({ queryKey: ["queries"], queryFn: () => api("GET /queries") });
  const me = useSession().data?.name;
  const saved = data?.queries ?? [];
  const groups = [
    { group: "Yours", items: saved.filter(({ owner }) => owner === me) },
    { group: "Shared by others", items: saved.filter(({ owner }) => owner !== me) },
  ];
  return (
    <Select
      aria-label="Saved queries"
      placeholder={saved.length === 0 ? "Nothing saved" : "Saved queries"}
      searchable
      disabled={saved.length === 0}
      data={groups
        .filter(({ items }) => items.length > 0)
        .map(({ group, items }) => ({ group, items: items.map(({ name }) => name) }))}
      value={null}
      onChange={(name) => choose(saved.find((each) => each.name === name)?.query ?? "")}
      w={190}
    />
  );
}

/** Keeps the query under a name; a name that exists is changed. */
export function SaveButton({ query }: { readonly query: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        onClick={() => setOpen(true)}
        disabled={query.trim() === ""}
      >
        Save…
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title="Save this query"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <SaveForm query={query} done={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function SaveForm({ query, done }: { readonly query: string; readonly done: () => void }) {
  const queries = useQueryClient();
  const say = useToast();
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const [error, setError] = useState<Error>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    api("PUT /queries/{name}", { params: { name }, body: { query, shared: isShared } }).then(() => {
      say(`Saved as ${name}.`);
      done();
      return queries.invalidateQueries({ queryKey: ["queries"] });
    }, setError);
  };
  return (
    <form onSubmit={submit} className="stack" style={{ gap: 14 }}>
      {error && <Problem error={error} />}
      <TextInput
        label="Name"
        description="A name of yours that exists is changed."
        data-autofocus
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox
        label="Others may see and run it"
        checked={isShared}
        onChange={(event) => setShared(event.currentTarget.checked)}
      />
      <Button type="submit" disabled={name.trim() === ""}>
        Save
      </Button>
    </form>
  );
}
