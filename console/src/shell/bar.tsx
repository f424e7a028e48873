import { ActionIcon, Menu, SegmentedControl, Tooltip, useMantineColorScheme } from "@mantine/core";
import {
  IconKeyboard,
  IconMoon,
  IconSearch,
  IconSun,
  IconSunMoon,
  IconUserCircle,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, useSession } from "../shared/api.js";
import { useClock } from "../shared/clock.js";
import { PasswordDialog } from "./password-dialog.js";

const clocks = [
  { value: "mine", label: "My time" },
  { value: "UTC", label: "UTC" },
];
const schemes = [
  { value: "auto", label: "As the system", icon: IconSunMoon },
  { value: "light", label: "Light", icon: IconSun },
  { value: "dark", label: "Dark", icon: IconMoon },
] as const;

interface BarProps {
  readonly onSearch: () => void;
  readonly onKeys: () => void;
}

/** Search, clock, colours, keys and who is signed in. */
export function Bar({ onSearch, onKeys }: BarProps) {
  const { zone, show } = useClock();
  return (
    <header className="bar">
      <button type="button" className="jump" onClick={onSearch}>
        <IconSearch size={15} aria-hidden="true" />
        <span className="cut">Go to a device, alert or screen</span>
        <kbd>Ctrl K</kbd>
      </button>
      <span className="grow" />
      <SegmentedControl
        size="xs"
        aria-label="Clock"
        data={clocks}
        value={zone}
        onChange={(value) => show(value === "UTC" ? "UTC" : "mine")}
      />
      <Scheme />
      <Tooltip label="Keys ( ? )">
        <ActionIcon variant="subtle" color="gray" aria-label="Keys" onClick={onKeys}>
          <IconKeyboard size={18} />
        </ActionIcon>
      </Tooltip>
      <Person />
    </header>
  );
}

function Scheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { icon: Now } = schemes.find(({ value }) => value === colorScheme) ?? schemes[0];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label="Colours">
          <Now size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} />}
            onClick={() => setColorScheme(value)}
            aria-current={value === colorScheme}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Person() {
  const { data } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isPassword, setPassword] = useState(false);
  const leave = async (): Promise<void> => {
    await api("DELETE /session");
    queries.clear();
    await navigate({ to: "/sign-in" });
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <button type="button" className="chip" aria-label={`Signed in as ${data?.name}`}>
            <IconUserCircle size={17} aria-hidden="true" />
            <span className="who">{data?.name}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {data?.name}, {data?.role}
          </Menu.Label>
          <Menu.Item onClick={() => setPassword(true)}>Change password…</Menu.Item>
          <Menu.Item onClick={() => void leave()}>Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <PasswordDialog isOpen={isPassword} leave={() => setPassword(false)} />
    </>
  );
}
