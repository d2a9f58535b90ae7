import { JvsError } from "../model/errors.ts";
import { type JuiceWay, parseJuiceWay } from "../model/juice-way.ts";

/**
 * What JVS_JUICEFS says.
 *
 * @throws E_CONFIG for anything else than its three words
 */
export function readJuiceWay(text: string): JuiceWay {
  const way = parseJuiceWay(text === "" ? "direct" : text);
  if (way !== undefined) return way;
  throw new JvsError(`Cannot use JVS_JUICEFS="${text}": it is no way to ask JuiceFS`, {
    code: "E_CONFIG",
    hint: "Set it to direct, cli or off, or unset it",
    details: { value: text },
  });
}
