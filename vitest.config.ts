import { defineConfig } from "vitest/config";

/** Rooms are tested from their sources, so that no build stands between a change and its test. */
const source = {
  resolve: { conditions: ["picket:source"] },
  ssr: { resolve: { conditions: ["picket:source", "node", "import", "default"] } },
};

export default defineConfig({
  test: {
    projects: [
      {
        ...source,
        test: {
          name: "unit",
          include: ["*/src/**/*.test.{ts,tsx}", "device/*/src/**/*.test.ts", "tools/**/*.test.ts"],
          exclude: ["**/node_modules/**", "tests/**"],
          testTimeout: 30_000,
        },
      },
      {
        ...source,
        test: {
          name: "house",
          include: ["tests/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
