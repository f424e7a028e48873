import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ApiError, type Client, openClient } from "@picket/api";
import { startErrors } from "../errors.js";
import { HANDLE } from "./serve.js";

/** How to reach the server that runs on a data folder. */
export interface Handle {
  readonly origin: string;
  readonly token: string;
  readonly pid: number;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly hostName: string;
  readonly ca: string;
}

/** Reads where the server of a data folder is. */
export function readHandle(data: string | undefined): Handle {
  const folder = resolve(data ?? process.env["PICKET_DATA"] ?? "data");
  const file = join(folder, HANDLE);
  if (!existsSync(file)) throw startErrors.noServer({ data: folder });
  return JSON.parse(readFileSync(file, "utf8"));
}

/** A client of the server that runs on a data folder. */
export function clientOf(data: string | undefined): Client {
  const { origin, token } = readHandle(data);
  const client = openClient({ origin, token, fetch });
  const asked = async (...given: Parameters<Client>): Promise<unknown> => {
    try {
      return await client(...given);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw startErrors.noServer({ data: data ?? "data" }, { cause: error });
    }
  };
  return asked as Client;
}
