import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate with its key, both PEM. */
export interface Issued {
  readonly key: string;
  readonly cert: string;
}

const home = mkdtempSync(join(tmpdir(), "picket-issued-"));
let count = 0;

/** Makes a certificate with openssl, signed by an issuer or by itself. */
export function issue(
  name: string,
  { issuer, isAuthority = false, days = "2" }: { issuer?: Issued; isAuthority?: boolean; days?: string } = {},
): Issued {
  count += 1;
  const path = (what: string): string => join(home, `${count}-${what}.pem`);
  const openssl = (...given: string[]): Buffer => execFileSync("openssl", given, { stdio: "pipe" });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-new", ...curve, "-keyout", path("key"), "-out", path("request"), "-subj", `/CN=${name}`);
  const extensions = isAuthority ? "basicConstraints=critical,CA:TRUE" : "basicConstraints=CA:FALSE";
  writeFileSync(path("extensions"), extensions);
  const signer = issuer ?? { key: readFileSync(path("key"), "utf8"), cert: "" };
  writeFileSync(path("issuer-key"), signer.key);
  writeFileSync(path("issuer"), signer.cert);
  const by = issuer
    ? ["-CA", path("issuer"), "-CAkey", path("issuer-key"), "-set_serial", String(count)]
    : ["-signkey", path("key")];
  const how = ["-days", days, "-extfile", path("extensions"), "-out", path("cert"), ...by];
  openssl("x509", "-req", "-in", path("request"), ...how);
  return { key: readFileSync(path("key"), "utf8"), cert: readFileSync(path("cert"), "utf8") };
}
