import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { api } from "../shared/api.js";
import { useTitle } from "../shared/page.js";
import { textOf } from "../shared/search.js";
import { Problem } from "../shared/states.js";

const MIN_PASSWORD = 12;

/** Goes on to where the person wanted to go; only to a path of this console. */
function useEnter(): () => Promise<void> {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const wanted = textOf(useSearch({ strict: false }), "to");
  return async () => {
    queries.clear();
    await navigate({ href: /^\/(?![/\\])/.test(wanted) ? wanted : "/" });
  };
}

/** Signs in with the one-time link's token, then asks for a password. */
export function Welcome() {
  const [state, setState] = useState<"opening" | "password" | "absent">("opening");
  const [error, setError] = useState<Error>();
  useEffect(() => {
    const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
    if (token === "") return setState("absent");
    // The link works once: neither a reload nor the history should carry it on.
    history.replaceState(history.state, "", "/welcome");
    api("POST /session/link", { body: { token } }).then(() => setState("password"), setError);
  }, []);
  return (
    <Gate title="Welcome to Picket">
      {error && (
        <>
          <Problem error={error} />
          <Help />
        </>
      )}
      {state === "password" && <SetPassword />}
      {state === "opening" && !error && <p role="status">Signing you in…</p>}
      {state === "absent" && (
        <>
          <p>This address is for one-time links, and yours carries none.</p>
          <Help />
        </>
      )}
    </Gate>
  );
}

function SetPassword() {
  const enter = useEnter();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [error, setError] = useState<Error>();
  const isGood = password.length >= MIN_PASSWORD && password === again;
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (isGood) api("PUT /session/password", { body: { password } }).then(enter, setError);
  };
  return (
    <form onSubmit={save}>
      <Stack>
        <p>You are signed in, and the link is used up. Set a password for the next time.</p>
        {error && <Problem error={error} />}
        <PasswordInput
          label="Password"
          description={`At least ${MIN_PASSWORD} characters. A sentence is easy to remember and hard to guess.`}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          error={
            password !== "" && password.length < MIN_PASSWORD
              ? `${MIN_PASSWORD - password.length} more`
              : undefined
          }
          visibilityToggleButtonProps={{ "aria-label": "Show what is typed" }}
        />
        <PasswordInput
          label="Once more"
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          error={again !== "" && again !== password ? "The two differ." : undefined}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ "aria-label": "Show what is typed again" }}
        />
        <Button type="submit" disabled={!isGood}>
          Set password and go on
        </Button>
        <Button variant="subtle" onClick={() => void enter()}>
          Later
        </Button>
      </Stack>
    </form>
  );
}

/** Signs in with name and password. */
export function SignIn() {
  const enter = useEnter();
  const [name, setName] = useState("admin");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<Error>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setError(undefined);
    api("POST /session", { body: { name, password } }).then(enter, setError);
  };
  return (
    <Gate title="Sign in">
      <form onSubmit={submit}>
        <Stack>
          {error && <Problem error={error} />}
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="username"
          />
          <PasswordInput
            label="Password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": "Show what is typed" }}
          />
          <Button type="submit" disabled={name === "" || password === ""}>
            Sign in
          </Button>
          <Help />
        </Stack>
      </form>
    </Gate>
  );
}

function Help() {
  return (
    <p className="muted small">
      No password, or no working link? The server printed a one-time link when it first started. On the
      server, <code>npx picket user link admin</code> makes a new one, valid for 24 hours.
    </p>
  );
}

function Gate({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useTitle(title);
  return (
    <div className="gate">
      <aside className="side">
        <img src="/picket.svg" alt="" width="52" height="52" />
        <h2>A small guard, posted ahead, on every device.</h2>
        <p>
          Picket watches what your devices start, whom they speak to and who signs in, says in a sentence what
          is wrong, and keeps the evidence. Everything stays on this machine.
        </p>
      </aside>
      <main>
        <Stack>
          <h1>{title}</h1>
          {children}
        </Stack>
      </main>
    </div>
  );
}
