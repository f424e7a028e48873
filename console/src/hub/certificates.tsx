import { Button, TextInput } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { RemoveButton, useChange } from "../shared/change.js";
import { When } from "../shared/clock.js";
import { Command } from "../shared/copy.js";
import { Panel } from "../shared/page.js";
import { Empty, Loaded, Problem } from "../shared/states.js";

type Certificate = Reply<Routes["GET /hub/certificates"]>["certificates"][number];

/** Authorities whose devices may connect by certificate, and the proof that somebody holds their key. */
export function Certificates() {
  const found = useQuery({ queryKey: ["certificates"], queryFn: () => api("GET /hub/certificates") });
  const mayChange = useMay("admin");
  return (
    <Panel title="Certificate authorities of devices">
      <Loaded from={found}>
        {({ certificates }) =>
          certificates.length === 0 ? (
            <Empty title="No authority yet">
              Devices with keys need none. For devices with certificates, upload the authority that signs them
              and prove that you hold its key.
            </Empty>
          ) : (
            certificates.map((each) => (
              <CertificateCard key={each.name} certificate={each} mayChange={mayChange} />
            ))
          )
        }
      </Loaded>
      {mayChange && <Upload />}
    </Panel>
  );
}

interface CardProps {
  readonly certificate: Certificate;
  readonly mayChange: boolean;
}

function CertificateCard({ certificate, mayChange }: CardProps) {
  const { error, isBusy, change } = useChange("certificates");
  const { name, subject, thumbprint, notAfter, isVerified, verificationCode } = certificate;
  return (
    <div className="sentence">
      <div>
        <strong>{name}</strong>{" "}
        <span className="state" data-tone={isVerified ? "on" : "wait"}>
          {isVerified ? "proved" : "waits for a proof"}
        </span>
        <div className="muted small">
          {subject}, ends <When at={notAfter} />
        </div>
        <div className="mono small muted">{thumbprint}</div>
      </div>
      <div className="stack" style={{ gap: 8 }}>
        {error && <Problem error={error} />}
        {verificationCode && !isVerified && (
          <Command
            label="Sign a certificate with this common name by the authority's key"
            text={verificationCode}
          />
        )}
        {mayChange && <Actions certificate={certificate} isBusy={isBusy} change={change} />}
      </div>
    </div>
  );
}

interface ActionsProps {
  readonly certificate: Certificate;
  readonly isBusy: boolean;
  readonly change: ReturnType<typeof useChange>["change"];
}

function Actions({ certificate: { name, isVerified, verificationCode }, isBusy, change }: ActionsProps) {
  const params = { name };
  const prove = (file: File | undefined): void => {
    if (file)
      change(
        file.text().then((proof) => api("POST /hub/certificates/{name}/verify", { params, body: { proof } })),
        () => `${name} is proved.`,
      );
  };
  return (
    <div className="row">
      {!isVerified && (
        <>
          <Button
            size="compact-sm"
            variant="default"
            loading={isBusy}
            onClick={() =>
              change(api("POST /hub/certificates/{name}/code", { params }), () => "The code is made.")
            }
          >
            {verificationCode ? "Another code" : "Ask for a code"}
          </Button>
          <label className="chip">
            Bring the proof
            <input
              type="file"
              className="hidden"
              onChange={(event) => prove(event.currentTarget.files?.[0])}
            />
          </label>
        </>
      )}
      <RemoveButton
        name={name}
        follows="Devices whose certificates it signed are refused from then on."
        remove={() => change(api("DELETE /hub/certificates/{name}", { params }), () => `${name} is removed.`)}
      />
    </div>
  );
}

function Upload() {
  const [name, setName] = useState("");
  const [file, setFile] = useState<File>();
  const { error, isBusy, change } = useChange("certificates");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!file) return;
    change(
      file
        .text()
        .then((certificate) =>
          api("PUT /hub/certificates/{name}", { params: { name: name.trim() }, body: { certificate } }),
        ),
      () => `${name.trim()} is here. Prove now that you hold its key.`,
      () => setFile(undefined),
    );
  };
  return (
    <form onSubmit={submit} className="stack" style={{ marginTop: 14 }}>
      {error && <Problem error={error} />}
      <div className="row" style={{ alignItems: "flex-end" }}>
        <TextInput
          label="Name"
          placeholder="factory-ca"
          value={name}
          maxLength={64}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <label className="chip">
          {file ? file.name : "Choose a PEM file"}
          <input
            type="file"
            accept=".pem,.cer,.crt"
            className="hidden"
            onChange={(event) => setFile(event.currentTarget.files?.[0])}
          />
        </label>
        <Button type="submit" loading={isBusy} disabled={name.trim() === "" || !file}>
          Upload
        </Button>
      </div>
    </form>
  );
}
