/** How JuiceFS is asked for clones: its mount itself, by its program, or not at all. */
export type JuiceWay = "direct" | "cli" | "off";

let chosen: JuiceWay = "direct";

/** The way that JuiceFS is asked in this process. */
export function juiceWay(): JuiceWay {
  return chosen;
}

/** Chooses it, once and for all that follows: `JVS_JUICEFS` of the environment. */
export function useJuiceWay(way: JuiceWay): void {
  chosen = way;
}

/** What the user wrote, understood; undefined when it is none of them. */
export function parseJuiceWay(text: string): JuiceWay | undefined {
  return text === "direct" || text === "cli" || text === "off" ? text : undefined;
}
