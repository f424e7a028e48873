import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { createWebSocketStream, WebSocketServer } from "ws";

/** Takes a connection that speaks a protocol in a WebSocket. */
export type WebSocketTaker = (wire: { readonly stream: Duplex; readonly socket: TLSSocket }) => void;

/** Who takes which sub-protocol. */
export type WebSocketTakers = Readonly<Record<string, WebSocketTaker>>;

const PATHS: ReadonlySet<string> = new Set(["/$iothub/websocket", "/$servicebus/websocket"]);
const MOST_BYTES = 1_048_576;

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: TLSSocket;
  readonly head: Buffer;
}

/** MQTT and AMQP behind firewalls that let nothing but HTTPS through: WebSockets on the HTTPS port, told apart by sub-protocol. */
export class WebSockets {
  readonly #takers: WebSocketTakers;
  readonly #server: WebSocketServer;

  constructor(takers: WebSocketTakers) {
    this.#takers = takers;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MOST_BYTES,
      handleProtocols: (offered) => this.#chosen(offered) ?? false,
    });
  }

  /** Answers an HTTP request to change the protocol. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const path = decoded((request.url ?? "").split("?", 1)[0] ?? "");
    const offered = String(request.headers["sec-websocket-protocol"] ?? "").split(",");
    const protocol = this.#chosen(new Set(offered.map((each) => each.trim())));
    if (!PATHS.has(path)) refuse(socket, "404 Not Found");
    else if (protocol === undefined || !(socket instanceof TLSSocket)) refuse(socket, "400 Bad Request");
    else this.#take(protocol, { request, socket, head });
  }

  #take(protocol: string, { request, socket, head }: Upgrade): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket, { readableHighWaterMark: 65_536 });
      this.#takers[protocol]?.({ stream, socket });
    });
  }

  #chosen(offered: ReadonlySet<string>): string | undefined {
    return Object.keys(this.#takers).find((known) =>
      [...offered].some((each) => each.toLowerCase() === known.toLowerCase()),
    );
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
