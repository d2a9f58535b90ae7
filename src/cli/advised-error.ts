import { JvsError } from "../model/errors.ts";

/** A failure with a few lines of advice that belong on stdout, where people look for what to do. */
export class AdvisedError extends JvsError {
  readonly advice: string;

  constructor(cause: JvsError, advice: string) {
    super(cause.message, {
      code: cause.code,
      hint: cause.hint ?? advice.trim(),
      details: cause.details,
      cause,
    });
    this.advice = advice;
  }
}
