import type { FastifyInstance } from "fastify";
import type { DoorAround } from "../around.js";
import type { ServiceSide } from "../service-side.js";
import type { TwinsAndMethods } from "../twins/twins-and-methods.js";
import type { Callers } from "./callers.js";

/** What every file of routes gets. */
export interface Desk {
  readonly server: FastifyInstance;
  readonly around: DoorAround;
  readonly twins: TwinsAndMethods;
  readonly service: ServiceSide;
  readonly callers: Callers;
}
