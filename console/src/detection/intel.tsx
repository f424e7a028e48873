import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { useChange } from "../shared/change.js";
import { When } from "../shared/clock.js";
import { count, counted } from "../shared/format.js";
import { Heads } from "../shared/heads.js";
import { Page, Panel } from "../shared/page.js";
import { Empty, Loaded, Problem } from "../shared/states.js";
import { useToast } from "../shared/toast.js";
import { AllowList } from "./allow-list.js";

type Feed = Reply<Routes["GET /intel/feeds"]>["feeds"][number];
type Kind = "taxii" | "misp" | "file";
type Format = "stix" | "misp" | "list" | "csv" | "jsonl";

const kinds = [
  { value: "taxii", label: "TAXII 2.1 collection" },
  { value: "misp", label: "MISP feed" },
  { value: "file", label: "One file" },
];
const formats = [
  { value: "list", label: "A value a line" },
  { value: "csv", label: "CSV" },
  { value: "stix", label: "STIX 2.1 bundle" },
  { value: "misp", label: "MISP event" },
  { value: "jsonl", label: "JSON lines" },
];

/** Threat intelligence: feeds, what was brought by hand, and what is never told of. */
export function Intel() {
  const found = useQuery({
    queryKey: ["feeds"],
    queryFn: () => api("GET /intel/feeds"),
    refetchInterval: 15_000,
  });
  const mayChange = useMay("admin");
  return (
    <Page
      title="Threat intelligence"
      lede="Addresses, domains and hashes that others know to be bad, looked for in everything devices do. A feed that breaks keeps its last good set."
      tools={
        <Button component="a" href="/api/v1/intel/sightings" download="sightings.json" variant="default">
          Sightings as STIX
        </Button>
      }
    >
      <Loaded from={found}>{({ feeds }) => <Feeds feeds={feeds} />}</Loaded>
      {mayChange && (
        <div className="grid">
          <AddFeed />
          <BringFile />
        </div>
      )}
      <AllowList />
    </Page>
  );
}

function Feeds({ feeds }: { readonly feeds: readonly Feed[] }) {
  if (feeds.length === 0)
    return (
      <Empty title="No feed yet">
        Nothing is fetched until an administrator names a feed. On a machine without a network, bring a file.
      </Empty>
    );
  return (
    <Panel title="Feeds" isFlush>
      <table className="rows top">
        <Heads of={["Feed", "Indicators", "Last taken in", "How it does", ""]} />
        <tbody>
          {feeds.map((feed) => (
            <FeedRow key={feed.name} feed={feed} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function FeedRow({ feed }: { readonly feed: Feed }) {
  const queries = useQueryClient();
  const say = useToast();
  const mayRefresh = useMay("analyst");
  const mayRemove = useMay("admin");
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ["feeds"] });
  const params = { name: feed.name };
  const refresh = (): void => {
    api("POST /intel/feeds/{name}/refresh", { params }).then(again, (error: Error) => say(error.message));
  };
  const remove = (): void => {
    if (!confirm(`Remove ${feed.name} with its ${counted(feed.indicators, "indicator")}?`)) return;
    api("DELETE /intel/feeds/{name}", { params }).then(again, (error: Error) => say(error.message));
  };
  return (
    <tr>
      <td>
        <strong>{feed.name}</strong>
        <div className="muted small">{feed.url || feed.kind}</div>
      </td>
      <td>{count(feed.indicators)}</td>
      <td>
        <When at={feed.lastGoodAt} />
      </td>
      <td>
        <FeedHealth feed={feed} />
      </td>
      <td className="number nowrap">
        {mayRefresh && feed.kind !== "import" && (
          <Button size="compact-sm" variant="subtle" onClick={refresh}>
            Fetch now
          </Button>
        )}
        {mayRemove && (
          <Button size="compact-sm" variant="subtle" onClick={remove}>
            Remove…
          </Button>
        )}
      </td>
    </tr>
  );
}

function FeedHealth({ feed: { problem, refused, firstRefused } }: { readonly feed: Feed }) {
  return (
    <>
      <span className="state" data-tone={problem ? "bad" : "on"}>
        {problem ? "the last try failed" : "good"}
      </span>
      {problem && <div className="small">{problem}</div>}
      {refused > 0 && (
        <details className="small">
          <summary>{counted(refused, "line")} refused</summary>
          <ul className="plain-list">
            {firstRefused.map(({ line, why }) => (
              <li key={`${line} ${why}`}>
                line {line}: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Takes a feed in, and says how much of it is in force. */
function useFeedForm(done: () => void) {
  const { error, isBusy, change } = useChange("feeds");
  const settle = (made: Promise<Feed>): void =>
    change(made, ({ name, indicators }) => `${name}: ${counted(indicators, "indicator")} in force.`, done);
  return { error, isBusy, settle };
}

function AddFeed() {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("taxii");
  const [format, setFormat] = useState<Format>("list");
  const [url, setUrl] = useState("");
  const [key, setKey] = useState("");
  const [minutes, setMinutes] = useState(60);
  const { error, isBusy, settle } = useFeedForm(() => setName(""));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body = {
      kind,
      url,
      everyMinutes: minutes,
      ...(kind === "file" ? { format } : {}),
      ...(key ? { authorization: key } : {}),
    };
    settle(api("PUT /intel/feeds/{name}", { params: { name: name.trim() }, body }));
  };
  return (
    <Panel title="Add a feed">
      <form onSubmit={submit} className="stack">
        {error && <Problem error={error} />}
        <TextInput
          label="Name"
          value={name}
          maxLength={64}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <KindRow
          kind={kind}
          setKind={setKind}
          format={format}
          setFormat={setFormat}
          minutes={minutes}
          setMinutes={setMinutes}
        />
        <TextInput
          label="Address"
          placeholder="https://taxii.example.net/api/collections/…"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value.trim())}
        />
        <TextInput
          label="Authorization header, if it asks for one"
          description="Kept sealed, and never shown again."
          value={key}
          type="password"
          autoComplete="off"
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Button type="submit" loading={isBusy} disabled={name.trim() === "" || url === ""}>
          Fetch it and keep it
        </Button>
      </form>
    </Panel>
  );
}

interface KindProps {
  readonly kind: Kind;
  readonly setKind: (kind: Kind) => void;
  readonly format: Format;
  readonly setFormat: (format: Format) => void;
  readonly minutes: number;
  readonly setMinutes: (minutes: number) => void;
}

function KindRow({ kind, setKind, format, setFormat, minutes, setMinutes }: KindProps) {
  return (
    <div className="row" style={{ alignItems: "flex-end" }}>
      <Select
        label="Kind"
        data={kinds}
        value={kind}
        allowDeselect={false}
        onChange={(value) => setKind(value as Kind)}
      />
      {kind === "file" && (
        <Select
          label="Form"
          data={formats}
          value={format}
          allowDeselect={false}
          onChange={(value) => setFormat(value as Format)}
        />
      )}
      <NumberInput
        label="Every so many minutes"
        min={5}
        value={minutes}
        onChange={(value) => setMinutes(Number(value) || 60)}
        w={170}
      />
    </div>
  );
}

function BringFile() {
  const [name, setName] = useState("");
  const [format, setFormat] = useState<Format>("stix");
  const [file, setFile] = useState<File>();
  const { error, isBusy, settle } = useFeedForm(() => setFile(undefined));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!file) return;
    settle(
      file.text().then((content) =>
        api("POST /intel/feeds/{name}/import", {
          params: { name: name.trim() },
          body: { format, content },
        }),
      ),
    );
  };
  return (
    <Panel title="Bring a file">
      <form onSubmit={submit} className="stack">
        {error && <Problem error={error} />}
        <TextInput
          label="Name of the set"
          value={name}
          maxLength={64}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Form"
          data={formats}
          value={format}
          allowDeselect={false}
          onChange={(value) => setFormat(value as Format)}
        />
        <label className="drop">
          <strong>{file ? file.name : "Choose a file"}</strong>
          <span className="muted small">
            {file ? `${count(file.size)} bytes` : "It replaces what the set held before."}
          </span>
          <input
            type="file"
            className="hidden"
            onChange={(event) => setFile(event.currentTarget.files?.[0])}
          />
        </label>
        <Button type="submit" loading={isBusy} disabled={name.trim() === "" || !file}>
          Take it in
        </Button>
      </form>
    </Panel>
  );
}
