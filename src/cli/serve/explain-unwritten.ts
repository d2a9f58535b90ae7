import { errnoName } from "../../fs/errno.ts";
import { explainWriting } from "../write-all.ts";

/**
 * Why standard output took no more of what a server had answered.
 *
 * @param word `__unwritten=<error number>`, which src/front puts in place of the command's name
 */
export function explainUnwritten(word: string): unknown {
  const code = errnoName(Number(word.slice(word.indexOf("=") + 1)));
  return explainWriting(Object.assign(new Error(code), { code }), "standard output");
}
