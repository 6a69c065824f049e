/** Puts a process's clock off by `SKEW_MS` before any of its code runs; loaded with `--require`. */
const RealDate = Date;
const skewMs = Number(process.env.SKEW_MS);

global.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + skewMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + skewMs;
  }
};
