import type {
  DoctorReport,
  Finding,
  RepairAction,
  Severity,
  SystemFacts,
} from "../../model/doctor-report.ts";
import type { Look } from "../io.ts";
import { type Colour, onOneLine, paint } from "../terminal.ts";
import { formatSize } from "./numbers.ts";

const COLOURS: Readonly<Record<Severity, Colour>> = {
  critical: "red",
  error: "red",
  warning: "yellow",
  info: "cyan",
};

/** What `jvs doctor --repair-list` prints. */
export function renderRepairs(actions: readonly RepairAction[]): string {
  const lines = actions.map(
    ({ id, description, auto_safe }) => `  ${id}${auto_safe ? " (safe)" : ""}: ${description}`,
  );
  return ["Available repair actions:", ...lines].join("\n");
}

/** The repairs that were made, then what was found. */
export function renderDoctor(
  { findings, repairs, facts, strict }: DoctorReport,
  look: Look,
): string {
  return [
    ...repairs.map(({ id, done }) => `Repair ${id}: ${done}`),
    ...(findings.length === 0
      ? ["Repository is healthy."]
      : [`Findings (${findings.length}):`, ...findings.flatMap((one) => findingLines(one, look))]),
    ...(strict && facts !== null ? [factsLine(facts)] : []),
  ].join("\n");
}

function findingLines(
  { severity, category, description, error_code, path, code, cure }: Finding,
  look: Look,
): string[] {
  const mark = paint(look, COLOURS[severity], `[${severity}]`);
  const suffix = error_code === undefined ? "" : ` [${error_code}]`;
  return [
    `  ${mark} ${category}: ${onOneLine(description)}${suffix}`,
    paint(look, "dim", `      ${code}${path === undefined ? "" : `, ${onOneLine(path)}`}`),
    `      Cure: ${onOneLine(cure)}`,
  ];
}

function factsLine({
  engine,
  file_system,
  mount_point,
  mount_options,
  free_bytes,
}: SystemFacts): string {
  const options = mount_options.join(",");
  return `On ${file_system} (${mount_point}, ${options}), engine ${engine}, ${formatSize(free_bytes)} free`;
}
