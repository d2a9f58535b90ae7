/**
 * Places where a test build can be made to die, to prove that a crash there needs no repair.
 * Release builds compile the condition away.
 */
declare const JVS_FAIL_POINTS: boolean | undefined;

let armed = "";
let passesLeft = 0;

/** Arms the fail point `spec`: a name, or `name:N` to die at the N-th pass. */
export function armFailPoint(spec: string): void {
  const [name = "", count = "1"] = spec.split(":");
  armed = name;
  passesLeft = Number(count);
}

/** Dies here, as if the power failed, when the test build was told to. */
export function failPoint(name: string): void {
  if (typeof JVS_FAIL_POINTS === "undefined" || !JVS_FAIL_POINTS) return;
  if (name === armed && --passesLeft === 0) process.kill(process.pid, "SIGKILL");
}
