/** A program that jvs is measured against, and how it tells its version. */
interface Peer {
  readonly name: string;
  readonly version: readonly string[];
}

const PEERS: readonly Peer[] = [
  { name: "git", version: ["--version"] },
  { name: "cp", version: ["--version"] },
  { name: "restic", version: ["version"] },
  { name: "openssl", version: ["version"] },
  { name: "juicefs", version: ["--version"] },
];

/** The first line that each installed peer says about itself. */
export function findPeers(): ReadonlyMap<string, string> {
  const found = PEERS.filter(({ name }) => Bun.which(name) !== null);
  return new Map(found.map(({ name, version }) => [name, firstLineOf([name, ...version])]));
}

/** The peers that are not installed. */
export function absentPeers(installed: ReadonlyMap<string, string>): string[] {
  return PEERS.map(({ name }) => name).filter((name) => !installed.has(name));
}

/** Empty when the program is not there or fails. */
export function firstLineOf(argv: readonly string[]): string {
  if (Bun.which(argv[0] ?? "") === null) return "";
  const { stdout, success } = Bun.spawnSync([...argv], { stderr: "ignore" });
  return success ? (stdout.toString().split("\n")[0] ?? "") : "";
}
