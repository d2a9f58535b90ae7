import { errnoName } from "../../fs/errno.ts";
import { JvsError } from "../../model/errors.ts";
import { explainWriting } from "../write-all.ts";

/**
 * What went wrong with a command that a server carried out.
 *
 * @param word what src/front puts in place of the command's name: `__unwritten=<error number>` where
 *   standard output took no more of the answer, `__torn=0` where that did not come to its end
 */
export function explainServed(word: string): unknown {
  const [name, number] = word.split("=");
  if (name === "__unwritten") {
    const code = errnoName(Number(number));
    return explainWriting(Object.assign(new Error(code), { code }), "standard output");
  }
  return new JvsError(
    "Cannot tell how the command ended: the server that carried it out ended before it said so",
    {
      code: "E_IO",
      hint: "`jvs operations` tells whether it was done; if not, run it again",
    },
  );
}
