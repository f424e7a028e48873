/** Where the agent's bundle lies. */
export const agentBundle = (): string =>
  new URL("../../device/agent/dist/picket-agent.mjs", import.meta.url).pathname;
