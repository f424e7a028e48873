import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { count, counted } from "../shared/format.js";
import { Heads } from "../shared/heads.js";
import { Page, Panel } from "../shared/page.js";
import { Empty, Loaded, Problem } from "../shared/states.js";
import { useToast } from "../shared/toast.js";

type Pack = Reply<Routes["GET /detection/packs"]>["packs"][number];
type Checked = Reply<Routes["POST /detection/lint"]>;
interface File {
  readonly name: string;
  readonly text: string;
}

const MOST_PROBLEMS = 200;

/** Packs of Sigma rules: dropped as they are, checked with line and column, in force within a second. */
export function Packs() {
  const found = useQuery({ queryKey: ["packs"], queryFn: () => api("GET /detection/packs") });
  const mayChange = useMay("admin");
  const [files, setFiles] = useState<readonly File[]>();
  return (
    <Page
      title="Rule packs"
      lede="Sigma rules as they are published, beside Picket's own. Their author, source and licence stay with every alert."
    >
      <Drop take={setFiles} />
      {files && <Check files={files} mayChange={mayChange} done={() => setFiles(undefined)} />}
      <Loaded from={found}>{({ packs }) => <PackTable packs={packs} mayChange={mayChange} />}</Loaded>
    </Page>
  );
}

const read = (list: FileList): Promise<File[]> =>
  Promise.all([...list].map(async (file) => ({ name: file.name, text: await file.text() })));

function Drop({ take }: { readonly take: (files: readonly File[]) => void }) {
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void read(event.dataTransfer.files).then(take);
  };
  return (
    <label
      className="drop"
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <strong>Drop Sigma files here, or choose them</strong>
      <span className="muted small">
        YAML, many documents in a file are fine. Nothing is in force before you say so.
      </span>
      <input
        type="file"
        multiple
        accept=".yml,.yaml"
        className="hidden"
        onChange={(event) => event.currentTarget.files && void read(event.currentTarget.files).then(take)}
      />
    </label>
  );
}

interface CheckProps {
  readonly files: readonly File[];
  readonly mayChange: boolean;
  readonly done: () => void;
}

/** What the files hold, what is wrong with them and what cannot fire here; then they may be put in force. */
function Check({ files, mayChange, done }: CheckProps) {
  const checked = useQuery({
    queryKey: ["lint", files],
    queryFn: () => api("POST /detection/lint", { body: { files: [...files] } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Panel
      title={`Checked: ${counted(files.length, "file")}`}
      tools={
        <Button variant="subtle" size="compact-sm" onClick={done}>
          Put aside
        </Button>
      }
    >
      <Loaded from={checked}>
        {(found) => (
          <>
            <Findings found={found} />
            {mayChange && found.rules.length > 0 && <PutInForce files={files} found={found} done={done} />}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Findings({ found: { rules, problems } }: { readonly found: Checked }) {
  const idle = rules.filter((rule) => rule.idle !== undefined);
  return (
    <>
      <p>
        {counted(rules.length, "rule")}, of which {count(rules.length - idle.length)} can fire here.{" "}
        {problems.length === 0 ? "Nothing is wrong with them." : `${counted(problems.length, "finding")}:`}
      </p>
      {problems.length > 0 && (
        <div className="scroll" style={{ maxHeight: 300 }} tabIndex={0} role="region" aria-label="Findings">
          <table className="rows top">
            <tbody>
              {problems.slice(0, MOST_PROBLEMS).map(({ level, message, file, line, column, check }) => (
                <tr key={`${file}:${line}:${column}:${check}:${message}`}>
                  <td className="mono nowrap">
                    {file}:{line}:{column}
                  </td>
                  <td>{level === "error" ? <strong>Error</strong> : "Warning"}</td>
                  <td>{message}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {idle.length > 0 && (
        <details>
          <summary>{count(idle.length)} cannot fire here, and why</summary>
          <ul className="plain-list small">
            {idle.slice(0, MOST_PROBLEMS).map(({ id, title, idle: why }) => (
              <li key={id}>
                <strong>{title}</strong>: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

interface PutInForceProps {
  readonly files: readonly File[];
  readonly found: Checked;
  readonly done: () => void;
}

function PutInForce({ files, found, done }: PutInForceProps) {
  const queries = useQueryClient();
  const say = useToast();
  const hasErrors = found.problems.some(({ level }) => level === "error");
  const [name, setName] = useState("");
  const [keepGood, setKeepGood] = useState(hasErrors);
  const [error, setError] = useState<Error>();
  const put = (): void => {
    setError(undefined);
    api("PUT /detection/packs/{name}", {
      params: { name: name.trim() },
      body: { files: [...files], ...(keepGood ? { keepGood: true } : {}) },
    }).then(async ({ rules }) => {
      say(`${counted(rules.length, "rule")} of ${name.trim()} in force.`);
      done();
      await queries.invalidateQueries({ queryKey: ["packs"] });
      await queries.invalidateQueries({ queryKey: ["detection-rules"] });
    }, setError);
  };
  return (
    <div className="stack" style={{ marginTop: 12 }}>
      {error && <Problem error={error} />}
      <div className="row" style={{ alignItems: "flex-end" }}>
        <TextInput
          label="Name of the pack"
          placeholder="sigma-linux"
          value={name}
          maxLength={128}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button disabled={name.trim() === "" || (hasErrors && !keepGood)} onClick={put}>
          Put in force
        </Button>
      </div>
      {hasErrors && (
        <Checkbox
          label="Use what is right and leave out the rest"
          checked={keepGood}
          onChange={(event) => setKeepGood(event.currentTarget.checked)}
        />
      )}
    </div>
  );
}

function PackTable({ packs, mayChange }: { readonly packs: readonly Pack[]; readonly mayChange: boolean }) {
  const [leaving, setLeaving] = useState<Pack>();
  if (packs.length === 0)
    return (
      <Empty title="No pack is in force">
        Picket's own rules watch all the same. A pack adds rules that others publish.
      </Empty>
    );
  return (
    <Panel title="In force" isFlush>
      <table className="rows">
        <Heads of={["Pack", "Rules", "Cannot fire here", "Findings", "Set", ""]} />
        <tbody>
          {packs.map((pack) => (
            <tr key={pack.name}>
              <td>
                <strong>{pack.name}</strong>{" "}
                <span className="muted small">{counted(pack.files, "file")}</span>
              </td>
              <td>{count(pack.rules)}</td>
              <td>{count(pack.idle)}</td>
              <td>{count(pack.problems.length)}</td>
              <td>
                <When at={pack.since} /> by {pack.actor}
              </td>
              <td className="number">
                {mayChange && (
                  <Button size="compact-sm" variant="subtle" onClick={() => setLeaving(pack)}>
                    Remove…
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {leaving && <RemoveDialog pack={leaving} close={() => setLeaving(undefined)} />}
    </Panel>
  );
}

function RemoveDialog({ pack, close }: { readonly pack: Pack; readonly close: () => void }) {
  const queries = useQueryClient();
  const [error, setError] = useState<Error>();
  const remove = (): void => {
    api("DELETE /detection/packs/{name}", { params: { name: pack.name } }).then(() => {
      close();
      return queries.invalidateQueries({ queryKey: ["packs"] });
    }, setError);
  };
  return (
    <Modal opened onClose={close} title={`Remove ${pack.name}?`} closeButtonProps={{ "aria-label": "Close" }}>
      {error && <Problem error={error} />}
      <p>
        {counted(pack.rules, "rule")} no longer watch{pack.rules === 1 ? "es" : ""}. Alerts they made stay,
        with their evidence.
      </p>
      <Button color="red.9" onClick={remove} mt={12}>
        Remove the pack
      </Button>
    </Modal>
  );
}
