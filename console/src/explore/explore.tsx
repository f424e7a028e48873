import { Anchor, Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api } from "../shared/api.js";
import { count } from "../shared/format.js";
import { Problem } from "../shared/parts.js";
import { Editor } from "./editor.js";
import { type EditorLanguage, openEditorLanguage, type ServerSchema } from "./language.js";
import { Results } from "./results.js";

type Answer = Reply<Routes["POST /query"]>;

const ranges = [
  { value: "", label: "As the query says" },
  { value: "1", label: "Last hour" },
  { value: "24", label: "Last day" },
  { value: "168", label: "Last week" },
];
const FIRST = "SecurityAlert\n| summarize Alerts = count() by AlertSeverity";

interface Run {
  readonly answer: Answer | undefined;
  readonly error: Error | undefined;
  /** Id of the run that goes on, to stop it. */
  readonly running: string | undefined;
  start(text: string, hours: string): Promise<void>;
}

/** Runs queries one at a time; the URL says which, so that it can be sent to a colleague. */
function useRun(): Run {
  const [answer, setAnswer] = useState<Answer>();
  const [error, setError] = useState<Error>();
  const [running, setRunning] = useState<string>();
  const start = async (query: string, hours: string): Promise<void> => {
    const id = crypto.randomUUID();
    setRunning(id);
    setError(undefined);
    history.replaceState(null, "", `/explore?query=${encodeURIComponent(query)}`);
    const from = hours === "" ? {} : { from: new Date(Date.now() - Number(hours) * 3_600_000).toISOString() };
    const failed = (problem: Error): void => {
      setError(problem);
      setAnswer(undefined);
    };
    await api("POST /query", { body: { query, id, ...from } }).then(setAnswer, failed);
    setRunning(undefined);
  };
  return { answer, error, running, start };
}

/** Asks the tables in KQL. */
export function Explore() {
  const { query: given }: { readonly query?: string } = useSearch({ strict: false });
  const [text, setText] = useState(given ?? FIRST);
  const [hours, setHours] = useState("");
  const { answer, error, running, start } = useRun();
  const schema = useQuery({
    queryKey: ["schema"],
    queryFn: () => api("GET /query/schema"),
    staleTime: 60_000,
  });
  const language = useLanguage(schema.data);
  const cost = answer
    ? `${count(answer.rowCount)} rows, ${Math.round(answer.elapsedMs)} ms in the engine, ${Math.round(answer.compileMs)} ms to compile`
    : "Shift-Enter runs";
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h2">
          Explorer
        </Title>
        <Samples choose={setText} />
      </Group>
      <Editor value={text} onChange={setText} onRun={() => void start(text, hours)} language={language} />
      <Group>
        {running ? (
          <Button color="orange" onClick={() => void api("DELETE /query/{id}", { params: { id: running } })}>
            Stop
          </Button>
        ) : (
          <Button onClick={() => void start(text, hours)}>Run</Button>
        )}
        <Select
          aria-label="Time range"
          data={ranges}
          value={hours}
          onChange={(value) => setHours(value ?? "")}
          allowDeselect={false}
          w={180}
        />
        <Text size="sm" c="dimmed" aria-live="polite">
          {running ? "Running…" : cost}
        </Text>
      </Group>
      {error && <Problem error={error} />}
      {answer && <Results answer={answer} />}
      <Tables schema={schema.data} insert={setText} />
    </Stack>
  );
}

function Samples({ choose }: { readonly choose: (query: string) => void }) {
  const { data } = useQuery({
    queryKey: ["samples"],
    queryFn: () => api("GET /query/samples"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const samples = data?.samples ?? [];
  const chosen = (title: string | null): void =>
    choose(samples.find((sample) => sample.title === title)?.query ?? "");
  return (
    <Select
      aria-label="Start from a sample"
      placeholder="Start from a sample…"
      data={samples.map(({ title }) => title)}
      value={null}
      onChange={chosen}
      w={320}
    />
  );
}

function useLanguage(schema: ServerSchema | undefined): EditorLanguage | undefined {
  const [language, setLanguage] = useState<EditorLanguage>();
  useEffect(() => {
    if (schema && !language) setLanguage(openEditorLanguage(schema));
  }, [schema, language]);
  return language;
}

function Tables({
  schema,
  insert,
}: {
  readonly schema: ServerSchema | undefined;
  readonly insert: (query: string) => void;
}) {
  return (
    <section aria-label="Tables">
      <Title order={2} size="h4">
        Tables
      </Title>
      {(schema?.tables ?? []).map(({ name, about, rows, columns }) => (
        <details key={name}>
          <summary>
            <strong>{name}</strong>{" "}
            <Text component="span" size="sm" c="dimmed">
              {count(rows)} rows. {about}
            </Text>
          </summary>
          <Anchor component="button" onClick={() => insert(`${name}\n| take 100`)}>
            Show some rows
          </Anchor>
          <table className="rows">
            <tbody>
              {columns.map((column) => (
                <tr key={column.name}>
                  <td className="mono">{column.name}</td>
                  <td>{column.type}</td>
                  <td>{column.about}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ))}
    </section>
  );
}
