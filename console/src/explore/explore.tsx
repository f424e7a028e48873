import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { api } from "../shared/api.js";
import { useClock } from "../shared/clock.js";
import { CopyButton } from "../shared/copy.js";
import { count, moment } from "../shared/format.js";
import { useTitle } from "../shared/page.js";
import { textOf } from "../shared/search.js";
import { Problem } from "../shared/states.js";
import "../styles/explore.css";
import { Editor, type EditorHandle } from "./editor.js";
import type { Past } from "./history.js";
import { type EditorLanguage, openEditorLanguage, type ServerSchema } from "./language.js";
import { rangeOf, ranges, withCell, withRange } from "./query-text.js";
import { Results } from "./results.js";
import { SaveButton, SavedSelect } from "./saved.js";
import { SchemaPane } from "./schema-pane.js";
import { suggestionIn, useElapsed, useRun } from "./use-run.js";

const FIRST =
  "SecurityAlert\n| summarize Alerts = count() by AlertSeverity, AlertName\n| order by Alerts desc";

function useSchema(): ServerSchema | undefined {
  return useQuery({ queryKey: ["schema"], queryFn: () => api("GET /query/schema"), staleTime: 60_000 }).data;
}

function useLanguage(schema: ServerSchema | undefined): EditorLanguage | undefined {
  const [language, setLanguage] = useState<EditorLanguage>();
  const version = schema?.version;
  const latest = useRef(schema);
  latest.current = schema;
  useEffect(() => {
    if (version === undefined || !latest.current) return;
    const opened = openEditorLanguage(latest.current);
    setLanguage(opened);
    return () => opened.close();
  }, [version]);
  return language;
}

/** Asks the tables in KQL. The address says which query, so that it can be sent to a colleague. */
export function Explore() {
  useTitle("Explorer");
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const asked = textOf(search, "query");
  const isWanted = textOf(search, "run") !== "";
  const [text, setText] = useState(asked || FIRST);
  const run = useRun();
  const schema = useSchema();
  const language = useLanguage(schema);
  const tables = useMemo(() => new Set(schema?.tables.map(({ name }) => name)), [schema]);
  const handle = useRef<EditorHandle>(null);
  const start = (query: string): void => {
    setText(query);
    void navigate({ to: "/explore", search: { query }, replace: query === asked });
    void run.start(query);
  };
  useEffect(() => {
    if (asked !== "") setText(asked);
  }, [asked]);
  const { start: begin } = run;
  useEffect(() => {
    if (!isWanted || asked === "") return;
    void begin(asked);
    void navigate({ to: "/explore", search: { query: asked }, replace: true });
  }, [isWanted, asked, begin, navigate]);
  return (
    <div className="explore">
      <SchemaPane schema={schema} insert={(word) => handle.current?.insert(word)} start={start} />
      <div className="desk">
        <div className="row apart">
          <h1>Explorer</h1>
          <Starts past={run.past} choose={setText} />
        </div>
        <Editor
          value={text}
          onChange={setText}
          onRun={() => start(text)}
          language={language}
          schema={schema}
          tables={tables}
          handle={handle}
        />
        <Controls text={text} setText={setText} run={run} start={start} />
        <Came run={run} start={start} setText={setText} text={text} />
      </div>
    </div>
  );
}

interface RunProps {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly run: ReturnType<typeof useRun>;
  readonly start: (query: string) => void;
}

function Controls({ text, setText, run: { running, stop, outcome }, start }: RunProps) {
  const elapsed = useElapsed(running?.since);
  const range = rangeOf(text);
  const answer = outcome?.answer;
  const known = ranges.some(({ value }) => value === range) || range === "" || range === "own";
  const choices = [
    { value: "", label: "Any time" },
    ...ranges,
    ...(range === "own" ? [{ value: "own", label: "As the query says" }] : []),
    ...(known ? [] : [{ value: range, label: `Last ${range}` }]),
  ];
  return (
    <div className="row">
      {running ? (
        <Button color="orange.9" onClick={stop}>
          Stop
        </Button>
      ) : (
        <Button onClick={() => start(text)}>Run</Button>
      )}
      <Select
        aria-label="Time range"
        data={choices}
        value={range}
        onChange={(value) => value !== "own" && setText(withRange(text, value ?? ""))}
        allowDeselect={false}
        disabled={range === "own"}
        w={180}
      />
      <span className="muted small" aria-live="polite">
        {running
          ? `Running, ${(elapsed / 1000).toFixed(1)} s`
          : answer
            ? `${count(answer.rowCount)} rows, ${Math.round(answer.elapsedMs)} ms in the engine, ${Math.round(answer.compileMs)} ms to compile`
            : "Shift Enter runs it"}
      </span>
      <span style={{ flex: 1 }} />
      <SaveButton query={text} />
      <CopyButton
        label="Copy link"
        text={`${location.origin}/explore?${new URLSearchParams({ query: text })}`}
      />
    </div>
  );
}

/** What the query came to: rows, or what is wrong with it and how to mend it. */
function Came({ run: { outcome }, start, setText }: RunProps) {
  if (!outcome) return null;
  const { query, answer, error } = outcome;
  const hint = suggestionIn(error);
  if (error)
    return (
      <div className="stack" style={{ gap: 8 }}>
        <Problem error={error} />
        {hint && (
          <div className="row">
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => start(query.slice(0, hint.from) + hint.suggestion + query.slice(hint.to))}
            >
              Write {hint.suggestion} instead
            </Button>
          </div>
        )}
      </div>
    );
  if (!answer) return null;
  return (
    <Results
      answer={answer}
      onCell={(cell, use) => {
        const narrowed = withCell(query, cell, use);
        setText(narrowed);
        start(narrowed);
      }}
    />
  );
}

interface StartsProps {
  readonly past: readonly Past[];
  readonly choose: (query: string) => void;
}

/** Queries to start from: samples, and what was asked here before. */
function Starts({ past, choose }: StartsProps) {
  const { zone } = useClock();
  const { data } = useQuery({
    queryKey: ["samples"],
    queryFn: () => api("GET /query/samples"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const samples = data?.samples ?? [];
  const lately = past.map(({ query, at, rows }, index) => ({
    value: String(index),
    label: `${moment(at, zone)}, ${count(rows)} rows: ${query.replaceAll("\n", " ").slice(0, 80)}`,
  }));
  return (
    <div className="row">
      <SavedSelect choose={choose} />
      <Select
        aria-label="Start from a sample"
        placeholder="Start from a sample"
        searchable
        data={samples.map(({ title }) => title)}
        value={null}
        onChange={(title) => choose(samples.find((sample) => sample.title === title)?.query ?? "")}
        w={210}
      />
      <Select
        aria-label="What you asked before"
        placeholder={lately.length === 0 ? "Nothing asked before" : "What you asked before"}
        searchable
        disabled={lately.length === 0}
        data={lately}
        value={null}
        onChange={(index) => choose(past[Number(index)]?.query ?? "")}
        w={210}
        comboboxProps={{ width: 460, position: "bottom-end" }}
      />
    </div>
  );
}
