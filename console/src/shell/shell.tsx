import {
  Anchor,
  AppShell,
  Button,
  Group,
  NavLink,
  SegmentedControl,
  Stack,
  Text,
  useMantineColorScheme,
} from "@mantine/core";
import { ApiError } from "@picket/api/client";
import {
  IconBell,
  IconCode,
  IconDeviceDesktop,
  IconFileAlert,
  IconGavel,
  IconHome,
  IconListCheck,
  IconUsers,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { api } from "../shared/api.js";

const screens = [
  { to: "/", label: "Overview", icon: IconHome },
  { to: "/alerts", label: "Alerts", icon: IconBell },
  { to: "/devices", label: "Devices", icon: IconDeviceDesktop },
  { to: "/recommendations", label: "Recommendations", icon: IconListCheck },
  { to: "/explore", label: "Explorer", icon: IconCode },
  { to: "/rules", label: "Rules", icon: IconGavel },
  { to: "/rejected", label: "Rejected", icon: IconFileAlert },
  { to: "/people", label: "People and audit", icon: IconUsers },
] as const;

/** Navigation, who is signed in, and how the house is doing, around every screen. */
export function Shell() {
  const session = useQuery({ queryKey: ["session"], queryFn: () => api("GET /session"), retry: false });
  const isOut = session.error instanceof ApiError && session.error.status === 401;
  useEffect(() => {
    if (isOut) location.assign("/sign-in");
  }, [isOut]);
  if (!session.data) return null;
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 210, breakpoint: "sm" }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between">
          <Link to="/" className="brand">
            <img src="/picket.svg" alt="" width="26" height="26" /> Picket
          </Link>
          <Group gap="md">
            <Scheme />
            <Text size="sm">{session.data.name}</Text>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => void api("DELETE /session").then(() => location.assign("/sign-in"))}
            >
              Sign out
            </Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main>
        <Health />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Navigation() {
  const { pathname } = useLocation();
  const isHere = (to: string): boolean => (to === "/" ? pathname === "/" : pathname.startsWith(to));
  return (
    <Stack gap={2} component="nav" aria-label="Screens">
      {screens.map(({ to, label, icon: Icon }) => (
        <NavLink
          key={to}
          component={Link}
          to={to}
          label={label}
          leftSection={<Icon size={18} aria-hidden="true" />}
          active={isHere(to)}
          aria-current={isHere(to) ? "page" : undefined}
        />
      ))}
    </Stack>
  );
}

function Scheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const words = [
    { value: "auto", label: "Auto" },
    { value: "light", label: "Light" },
    { value: "dark", label: "Dark" },
  ];
  return (
    <SegmentedControl
      size="xs"
      aria-label="Colours"
      data={words}
      value={colorScheme}
      onChange={(value) => setColorScheme(value as "auto" | "light" | "dark")}
    />
  );
}

/** What needs a person about the house itself, quietly, on every screen. */
function Health() {
  const { data } = useQuery({
    queryKey: ["health"],
    queryFn: () => api("GET /health"),
    refetchInterval: 10_000,
  });
  if (!data || data.notices.length === 0) return null;
  return (
    <section aria-label="Health of the server" style={{ margin: "-16px -16px 16px" }}>
      {data.notices.map(({ code, message, link, level }) => (
        <div key={code} className="strip" role={level === "error" ? "alert" : "status"}>
          <strong>{level === "error" ? "Needs you now: " : "Note: "}</strong>
          {message}{" "}
          {link && (
            <Anchor component={Link} to={link}>
              Look
            </Anchor>
          )}
        </div>
      ))}
    </section>
  );
}
