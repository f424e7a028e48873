import type { FastifyReply } from "fastify";
import type { Changes, House } from "../house.js";

const BEAT_MS = 20_000;
/** A watcher that does not read is let go rather than buffered for. */
const MAX_BUFFERED = 4_000_000;

/** New and changed alerts as server-sent events, until the watcher leaves. */
export function live(house: House, reply: FastifyReply): FastifyReply {
  const { raw } = reply;
  reply.hijack();
  raw.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  raw.write("retry: 2000\n\n");
  const tell = (changes: Changes): void => {
    if (raw.writableLength > MAX_BUFFERED) raw.destroy();
    else raw.write(`data: ${JSON.stringify(changes)}\n\n`);
  };
  const beat = setInterval(() => raw.write(": still here\n\n"), BEAT_MS);
  house.rooms.changes.on("changes", tell);
  raw.once("close", () => {
    clearInterval(beat);
    house.rooms.changes.off("changes", tell);
  });
  return reply;
}
