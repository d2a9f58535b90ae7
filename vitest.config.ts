import {
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfig,
} from "vitest/config";
import { buildNative } from "./tools/build-native.ts";

const MINUTE = 60_000;

function project(name: string, files: string, timeout: number): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: { name, include: [files], testTimeout: timeout, hookTimeout: timeout },
  };
}

const config: ViteUserConfig = defineConfig({
  define: {
    JVS_VERSION: JSON.stringify("0.0.0-test"),
    JVS_FAIL_POINTS: "true",
    JVS_NATIVE: JSON.stringify(buildNative()),
  },
  test: {
    pool: "forks",
    maxWorkers: 2,
    env: { TZ: "UTC" },
    projects: [
      project("unit", "src/**/*.test.{ts,tsx}", MINUTE),
      // Limits for a machine with other work to do; nearly all of them take a second or two.
      project("stories", "test/stories/**/*.test.ts", 5 * MINUTE),
      project("conformance", "test/conformance/**/*.test.ts", 3 * MINUTE),
      project("fuzz", "test/fuzz/**/*.test.ts", 30 * MINUTE),
    ],
  },
});

export default config;
