import { connect as connectPlain, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { ClientError } from "./errors.js";
import { readHead } from "./http-head.js";
import { openWebSocket } from "./web-socket.js";

/** The hub's path and protocol for MQTT over WebSocket. */
const WEB_SOCKET = { path: "/$iothub/websocket", protocol: "mqtt" } as const;

/** A client's certificate and its key, both PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** How bytes reach a hub. */
export interface SocketOptions {
  readonly host: string;
  readonly port: number;
  /** Name the certificate must have. */
  readonly serverName: string;
  /** The hub's CA as PEM, when it is not one the system trusts. */
  readonly ca?: string;
  readonly certificate?: ClientCertificate;
  readonly isWebSocket?: boolean;
  /** An HTTP proxy, such as `http://user:password@proxy.local:3128`. */
  readonly proxy?: string;
}

/** Opens a stream to a hub: over a proxy when there is one, always within TLS, inside a WebSocket when asked for. */
export async function openSocket(options: SocketOptions, signal: AbortSignal): Promise<Duplex> {
  const through = options.proxy === undefined ? undefined : await tunnel(options, options.proxy, signal);
  const secure = await secured(options, through, signal);
  if (!options.isWebSocket) return secure;
  return openWebSocket(secure, { host: options.serverName, ...WEB_SOCKET });
}

async function tunnel({ host, port }: SocketOptions, proxy: string, signal: AbortSignal): Promise<Socket> {
  const { hostname, port: proxyPort, username, password, protocol } = proxyOf(proxy);
  if (protocol !== "http:")
    throw new ClientError("CLIENT_BAD_CONNECTION_STRING", `The proxy ${hostname} must begin with http://.`);
  const socket = connectPlain({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(proxyPort || 80) });
  await opened(socket, "connect", signal, (error) => reached(error, hostname, Number(proxyPort || 80)));
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    "base64",
  );
  const target = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const authorization = username === "" ? [] : [`Proxy-Authorization: Basic ${login}`];
  socket.write([`CONNECT ${target} HTTP/1.1`, `Host: ${target}`, ...authorization, "\r\n"].join("\r\n"));
  const { status } = await readHead(socket);
  if (status >= 200 && status < 300) return socket;
  socket.destroy();
  const hint = status === 407 ? " Give it a user and a password." : "";
  throw new ClientError(
    "CLIENT_UNREACHABLE",
    `The proxy ${hostname} does not let us to ${target}: it answered ${status}.${hint}`,
  );
}

function proxyOf(proxy: string): URL {
  try {
    return new URL(proxy);
  } catch {
    throw new ClientError(
      "CLIENT_BAD_CONNECTION_STRING",
      "The proxy is no address such as http://proxy.local:3128.",
    );
  }
}

async function secured(
  options: SocketOptions,
  through: Socket | undefined,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { host, port, serverName, ca, certificate } = options;
  const isAddress = /^[\d.]+$|:/.test(serverName);
  const socket = connectTls({
    ...(through ? { socket: through } : { host, port }),
    ...(isAddress ? {} : { servername: serverName }),
    ...(ca === undefined ? {} : { ca }),
    ...certificate,
    minVersion: "TLSv1.2",
  });
  await opened(socket, "secureConnect", signal, (error) => reached(error, host, port));
  return socket;
}

/** Waits for a socket to be open; an abort or an error destroys it. */
function opened(
  socket: Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
  explain: (error: Error) => Error,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      socket.destroy(signal.reason instanceof Error ? signal.reason : undefined);
    };
    // Stays for what comes before the connection counts as open: a proxy's answer, a WebSocket's.
    signal.addEventListener("abort", abort, { once: true });
    const done = (): void => {
      socket.off("error", failed);
      socket.off("close", closed);
    };
    const failed = (error: Error): void => {
      done();
      reject(error instanceof ClientError ? error : explain(error));
    };
    const closed = (): void => failed(explain(new Error("it closed the connection")));
    socket.once("error", failed).once("close", closed);
    socket.once(event, () => {
      done();
      resolve();
    });
  });
}

const clock = /NOT_YET_VALID|HAS_EXPIRED/;
const trust = /SELF_SIGNED|UNABLE_TO|CERT_|ALTNAME/;

/** Why a host could not be reached, and what to do about it. */
function reached(error: NodeJS.ErrnoException, host: string, port: number): ClientError {
  const code = error.code ?? "";
  const cause = { cause: error };
  if (clock.test(code))
    return new ClientError(
      "CLIENT_CLOCK",
      `The certificate of ${host} is not valid at ${new Date().toISOString()}, which is what this clock says (${error.message}). Set the clock, or renew the certificate.`,
      cause,
    );
  if (trust.test(code))
    return new ClientError(
      "CLIENT_CERTIFICATE",
      `The certificate of ${host} is not trusted (${error.message}). Give the hub's CA certificate.`,
      cause,
    );
  return new ClientError("CLIENT_UNREACHABLE", `${host}:${port} cannot be reached: ${error.message}.`, cause);
}
