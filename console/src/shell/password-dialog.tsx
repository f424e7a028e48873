import { Button, Modal, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "../shared/api.js";
import { Problem } from "../shared/states.js";
import { useToast } from "../shared/toast.js";

const MIN_PASSWORD = 12;

/** Changes one's own password. */
export function PasswordDialog({ isOpen, leave }: { readonly isOpen: boolean; readonly leave: () => void }) {
  const say = useToast();
  const [present, setPresent] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<Error>();
  const save = (event: FormEvent): void => {
    event.preventDefault();
    api("PUT /session/password", { body: { present, password } }).then(() => {
      say("The password is changed.");
      setPresent("");
      setPassword("");
      leave();
    }, setError);
  };
  return (
    <Modal
      opened={isOpen}
      onClose={leave}
      title="Change password"
      closeButtonProps={{ "aria-label": "Cancel" }}
    >
      <form onSubmit={save}>
        <Stack>
          {error && <Problem error={error} />}
          <PasswordInput
            label="Present password"
            value={present}
            onChange={(event) => setPresent(event.currentTarget.value)}
            autoComplete="current-password"
          />
          <PasswordInput
            label="New password"
            description={`At least ${MIN_PASSWORD} characters.`}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="new-password"
          />
          <Button type="submit" disabled={password.length < MIN_PASSWORD}>
            Change
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
