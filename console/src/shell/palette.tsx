import { Modal, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { screens } from "./screens.js";

interface Place {
  readonly to: string;
  readonly label: string;
  readonly kind: string;
}

const PAUSE_MS = 120;

/** Screens, devices and alerts that match some words. */
function usePlaces(words: string, isOpen: boolean): readonly Place[] {
  const isAdmin = useMay("admin");
  const [text] = useDebouncedValue(words.trim(), PAUSE_MS);
  const { data: found = [] } = useQuery({
    queryKey: ["palette", text],
    enabled: isOpen && text !== "",
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<Place[]> => {
      const [devices, alerts] = await Promise.all([
        api("GET /devices", { query: { text, limit: 6 } }),
        api("GET /alerts", { query: { text, limit: 6 } }),
      ]);
      return [
        ...devices.devices.map(({ device }) => ({
          to: `/devices/${encodeURIComponent(device.DeviceId ?? "")}`,
          label: device.DeviceId ?? "",
          kind: "Device",
        })),
        ...alerts.alerts.map(({ SystemAlertId = "", DisplayName = "", AlertSeverity }) => ({
          to: `/alerts/${SystemAlertId}`,
          label: DisplayName,
          kind: `${AlertSeverity} alert`,
        })),
      ];
    },
  });
  const here = screens
    .filter((screen) => !("role" in screen) || isAdmin)
    .filter(({ label }) => label.toLowerCase().includes(words.trim().toLowerCase()))
    .map(({ to, label }) => ({ to, label, kind: "Screen" }));
  return text === "" ? here : [...here, ...found];
}

/** Goes anywhere by name. */
export function Palette({ isOpen, leave }: { readonly isOpen: boolean; readonly leave: () => void }) {
  return (
    <Modal
      opened={isOpen}
      onClose={leave}
      withCloseButton={false}
      title="Go to"
      yOffset="12vh"
      centered={false}
      size="lg"
    >
      <Search leave={leave} isOpen={isOpen} />
    </Modal>
  );
}

function Search({ leave, isOpen }: { readonly leave: () => void; readonly isOpen: boolean }) {
  const navigate = useNavigate();
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const places = usePlaces(words, isOpen);
  const go = (place: Place | undefined): void => {
    if (!place) return;
    leave();
    void navigate({ to: place.to });
  };
  const press = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(at + step, places.length - 1)));
    } else if (event.key === "Enter") go(places[at]);
  };
  return (
    <div className="palette">
      <TextInput
        data-autofocus
        role="combobox"
        aria-label="Go to a device, alert or screen"
        aria-expanded="true"
        aria-controls="palette-places"
        aria-activedescendant={places[at] ? `place-${at}` : undefined}
        placeholder="pump-7, coin miner, rules…"
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <Places places={places} at={at} go={go} />
      {places.length === 0 && (
        <p className="muted">Nothing has that name. Devices and alerts are found by any part of it.</p>
      )}
    </div>
  );
}

interface PlacesProps {
  readonly places: readonly Place[];
  readonly at: number;
  readonly go: (place: Place) => void;
}

function Places({ places, at, go }: PlacesProps) {
  return (
    <div role="listbox" id="palette-places" aria-label="Places">
      {places.map((place, index) => (
        <div
          key={place.to}
          id={`place-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          onClick={() => go(place)}
          onKeyDown={(event) => event.key === "Enter" && go(place)}
        >
          <span className="cut">{place.label}</span>
          <span className="kind">{place.kind}</span>
        </div>
      ))}
    </div>
  );
}
