import { Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import { api, queries } from "../shared/api.js";
import { Problem } from "../shared/parts.js";

const MIN_PASSWORD = 12;
const enter = async (): Promise<void> => {
  await queries.invalidateQueries();
  location.assign("/");
};

/** Signs in with the one-time link's token, then asks for a password. */
export function Welcome() {
  const [state, setState] = useState<"opening" | "password">("opening");
  const [error, setError] = useState<Error>();
  useEffect(() => {
    const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
    history.replaceState(null, "", "/welcome");
    if (token === "") location.assign("/sign-in");
    else api("POST /session/link", { body: { token } }).then(() => setState("password"), setError);
  }, []);
  return (
    <Frame title="Welcome to Picket">
      {error && <Problem error={error} />}
      {state === "password" && <SetPassword onError={setError} />}
      {state === "opening" && !error && <Text>Signing you in…</Text>}
    </Frame>
  );
}

function SetPassword({ onError }: { readonly onError: (error: Error) => void }) {
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const isGood = password.length >= MIN_PASSWORD && password === again;
  const save = (): void => void api("PUT /session/password", { body: { password } }).then(enter, onError);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) save();
      }}
    >
      <Stack>
        <Text>The link has signed you in and is used up. Set a password for the next time.</Text>
        <PasswordInput
          label="Password"
          description={`At least ${MIN_PASSWORD} characters; a sentence is best.`}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
        />
        <PasswordInput
          label="Once more"
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          error={again !== "" && again !== password ? "The two differ." : undefined}
          autoComplete="new-password"
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
  const [name, setName] = useState("admin");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<Error>();
  return (
    <Frame title="Sign in to Picket">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          api("POST /session", { body: { name, password } }).then(enter, setError);
        }}
      >
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
          />
          <Button type="submit">Sign in</Button>
          <Text c="dimmed" size="sm">
            No password yet? The server printed a one-time link when it started;{" "}
            <code>npx picket user link admin</code> makes a new one.
          </Text>
        </Stack>
      </form>
    </Frame>
  );
}

function Frame({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <main style={{ maxWidth: 440, margin: "10vh auto", padding: 16 }}>
      <div className="card">
        <Stack>
          <img src="/picket.svg" alt="" width="40" height="40" />
          <Title order={1} size="h2">
            {title}
          </Title>
          {children}
        </Stack>
      </div>
    </main>
  );
}
