import { Button, Menu, TextInput } from "@mantine/core";
import type { Reply, Role, Routes } from "@picket/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, useSession } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { Command } from "../shared/copy.js";
import { Heads } from "../shared/heads.js";
import { Panel } from "../shared/page.js";
import { Loaded, Problem } from "../shared/states.js";
import { RoleSelect } from "./roles.js";

type User = Reply<Routes["GET /users"]>["users"][number];
interface Link {
  readonly name: string;
  readonly link: string;
}

/** Runs a change of the people and reads them again. */
function useChange(onLink: (link: Link) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (work: () => Promise<Link | undefined>) => work(),
    onSuccess: async (link) => {
      if (link) onLink(link);
      await queries.invalidateQueries({ queryKey: ["users"] });
    },
  });
}

/** The people who may sign in. */
export function Users() {
  const found = useQuery({ queryKey: ["users"], queryFn: () => api("GET /users") });
  const [link, setLink] = useState<Link>();
  const change = useChange(setLink);
  return (
    <Panel title="People">
      {change.error && <Problem error={change.error} />}
      {link && (
        <div className="problem" style={{ borderColor: "var(--accent)" }} role="status">
          <Command
            label={`Hand this link to ${link.name}. It works once, within 24 hours, and is not shown again.`}
            text={link.link}
          />
        </div>
      )}
      <Loaded from={found}>
        {({ users }) => (
          <div className="scroll">
            <table className="rows">
              <Heads of={["Name", "Role", "Last signed in", "Added", "State", ""]} />
              <tbody>
                {users.map((user) => (
                  <UserRow key={user.name} user={user} change={change.mutate} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <AddUser change={change.mutate} />
    </Panel>
  );
}

type Change = (work: () => Promise<Link | undefined>) => void;

function UserRow({ user, change }: { readonly user: User; readonly change: Change }) {
  const { name, role, lastSeenAt, createdAt, disabled } = user;
  const { data: me } = useSession();
  const isMe = me?.name === name;
  const patch = (body: { role?: Role; disabled?: boolean }): void =>
    change(async () => void (await api("PATCH /users/{name}", { params: { name }, body })));
  return (
    <tr>
      <td>
        {name} {isMe && <span className="tag">you</span>}
      </td>
      <td>
        {isMe ? (
          role
        ) : (
          <RoleSelect
            isBare
            label={`Role of ${name}`}
            value={role}
            onChange={(next) => patch({ role: next })}
          />
        )}
      </td>
      <td>
        <When at={lastSeenAt} />
      </td>
      <td>
        <When at={createdAt} />
      </td>
      <td>
        <span className="state" data-tone={disabled ? "off" : "on"}>
          {disabled ? "May not sign in" : "May sign in"}
        </span>
      </td>
      <td className="number">
        <UserMenu user={user} isMe={isMe} change={change} patch={patch} />
      </td>
    </tr>
  );
}

interface UserMenuProps {
  readonly user: User;
  readonly isMe: boolean;
  readonly change: Change;
  readonly patch: (body: { role?: Role; disabled?: boolean }) => void;
}

function UserMenu({ user: { name, disabled }, isMe, change, patch }: UserMenuProps) {
  const remove = (): void => {
    if (confirm(`Remove ${name}? What they decided keeps their name.`))
      change(async () => void (await api("DELETE /users/{name}", { params: { name } })));
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" variant="subtle" aria-label={`Change ${name}`}>
          Change…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          onClick={() =>
            change(async () => ({
              name,
              ...(await api("POST /users/{name}/link", { params: { name } })),
            }))
          }
        >
          New one-time link
        </Menu.Item>
        {!isMe && (
          <>
            <Menu.Item onClick={() => patch({ disabled: !disabled })}>
              {disabled ? "Let sign in again" : "Stop from signing in"}
            </Menu.Item>
            <Menu.Item onClick={remove}>Remove…</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function AddUser({ change }: { readonly change: Change }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("analyst");
  const add = (event: FormEvent): void => {
    event.preventDefault();
    change(async () => {
      const { link } = await api("POST /users", { body: { name, role } });
      setName("");
      return { name, link };
    });
  };
  return (
    <form onSubmit={add} className="row" style={{ alignItems: "flex-end", marginTop: 14 }}>
      <TextInput
        label="Name"
        placeholder="ada"
        value={name}
        onChange={(event) => setName(event.currentTarget.value.trim())}
      />
      <RoleSelect label="Role" value={role} onChange={setRole} />
      <Button type="submit" disabled={name === ""}>
        Add a person
      </Button>
    </form>
  );
}
