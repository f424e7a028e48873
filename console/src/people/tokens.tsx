import { Button, Select, TextInput } from "@mantine/core";
import type { Reply, Role, Routes } from "@picket/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../shared/api.js";
import { useClock, When } from "../shared/clock.js";
import { Command } from "../shared/copy.js";
import { dayOf } from "../shared/format.js";
import { Heads } from "../shared/heads.js";
import { Panel } from "../shared/page.js";
import { Empty, Loaded, Problem } from "../shared/states.js";
import { RoleSelect } from "./roles.js";

type Token = Reply<Routes["GET /tokens"]>["tokens"][number];

const spans = [
  { value: "7", label: "A week" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
];

/** The programs that may ask the API. */
export function Tokens() {
  const queries = useQueryClient();
  const found = useQuery({ queryKey: ["tokens"], queryFn: () => api("GET /tokens") });
  const [secret, setSecret] = useState<string>();
  const [error, setError] = useState<Error>();
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ["tokens"] });
  const remove = ({ id, name }: Token): void => {
    if (confirm(`Revoke ${name}? Programs that use it are refused at once.`))
      api("DELETE /tokens/{id}", { params: { id } }).then(again, setError);
  };
  const add = (body: { name: string; role: Role; days: number }): void => {
    setError(undefined);
    api("POST /tokens", { body }).then((made) => {
      setSecret(made.secret);
      return again();
    }, setError);
  };
  return (
    <Panel title="API tokens">
      {error && <Problem error={error} />}
      {secret && (
        <div className="problem" style={{ borderColor: "var(--accent)" }} role="status">
          <Command
            label="Send it as “Authorization: Bearer …”. It is shown this once; only a hash of it is kept."
            text={secret}
          />
        </div>
      )}
      <Loaded from={found}>{({ tokens }) => <TokenTable tokens={tokens} remove={remove} />}</Loaded>
      <AddToken add={add} />
    </Panel>
  );
}

interface TokenTableProps {
  readonly tokens: readonly Token[];
  readonly remove: (token: Token) => void;
}

function TokenTable({ tokens, remove }: TokenTableProps) {
  const { zone, now } = useClock();
  if (tokens.length === 0)
    return <Empty title="No tokens">A program needs one to read or change anything through the API.</Empty>;
  return (
    <div className="scroll">
      <table className="rows">
        <Heads of={["Name", "Role", "Last used", "Works until", ""]} />
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <td>{token.name}</td>
              <td>{token.role}</td>
              <td>
                <When at={token.lastUsedAt} />
              </td>
              <td>
                {dayOf(token.expiresAt, zone)}{" "}
                {Date.parse(token.expiresAt) < now && <span className="tag">over</span>}
              </td>
              <td className="number">
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={`Revoke ${token.name}`}
                  onClick={() => remove(token)}
                >
                  Revoke…
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AddToken({ add }: { readonly add: (token: { name: string; role: Role; days: number }) => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState("30");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add({ name, role, days: Number(days) });
    setName("");
  };
  return (
    <form onSubmit={submit} className="row" style={{ alignItems: "flex-end", marginTop: 14 }}>
      <TextInput
        label="What for"
        placeholder="nightly-export"
        value={name}
        onChange={(event) => setName(event.currentTarget.value.trim())}
      />
      <RoleSelect label="May do what" value={role} onChange={setRole} />
      <Select
        label="For how long"
        w={140}
        data={spans}
        value={days}
        onChange={(value) => setDays(value ?? "30")}
        allowDeselect={false}
      />
      <Button type="submit" disabled={name === ""}>
        Make a token
      </Button>
    </form>
  );
}
