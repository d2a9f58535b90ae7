import type {
  DoctorReport,
  Finding,
  RepairAction,
  Severity,
  SystemFacts,
} from "../../model/doctor-report.ts";
import { inWords } from "../../model/raw-path.ts";
import type { Look } from "../io.ts";
import { type Colour, onOneLine, paint } from "../terminal.ts";
import { formatSize } from "./numbers.ts";

const COLOURS: Readonly<Record<Severity, Colour>> = {
  critical: "red",
  error: "red",
  warning: "yellow",
  info: "cyan",
};

/** So many findings of one check are shown to people. */
const MOST_ALIKE = 30;

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
      : [`Findings (${findings.length}):`, ...listFindings(findings, look)]),
    ...(strict && facts !== null ? [factsLine(facts), ...engineLines(facts)] : []),
  ].join("\n");
}

/** In the order in which they were found; of many alike the first ones. */
function listFindings(findings: readonly Finding[], look: Look): string[] {
  const counts = new Map<string, number>();
  const lines: string[] = [];
  for (const one of findings) {
    const count = (counts.get(one.code) ?? 0) + 1;
    counts.set(one.code, count);
    if (count <= MOST_ALIKE) lines.push(...findingLines(one, look));
  }
  for (const [code, count] of counts)
    if (count > MOST_ALIKE)
      lines.push(
        `  ... and ${count - MOST_ALIKE} more like ${code} (jvs doctor --json has them all)`,
      );
  return lines;
}

function findingLines(
  { severity, category, description, error_code, path, code, cure }: Finding,
  look: Look,
): string[] {
  const mark = paint(look, COLOURS[severity], `[${severity}]`);
  const suffix = error_code === undefined ? "" : ` [${error_code}]`;
  return [
    `  ${mark} ${category}: ${onOneLine(description)}${suffix}`,
    paint(look, "dim", `      ${code}${path === undefined ? "" : `, ${pathInWords(path)}`}`),
    `      Cure: ${onOneLine(cure)}`,
  ];
}

/** What is no UTF-8 is in words already, and has no control characters left. */
function pathInWords(path: string): string {
  return onOneLine(path) === path ? path : inWords({ path });
}

function factsLine({ file_system, mount_point, mount_options, free_bytes }: SystemFacts): string {
  const options = mount_options.join(",");
  return `On ${file_system} (${mount_point}, ${options}), ${formatSize(free_bytes)} free`;
}

/** How snapshots are taken here, and why not by what would cost less. */
function engineLines({ engine, passed_over }: SystemFacts): string[] {
  const passed = passed_over.map(({ name, why }) => `  Not ${name}: ${onOneLine(why)}`);
  return [`Engine: ${engine}`, ...passed];
}
