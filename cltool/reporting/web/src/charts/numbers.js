/* Numbers as text, as the server writes them: 0.97, +0.02, 1.2 M; a dash for what is missing. */

export const DASH = "–";
const THIN = "\u2009";
const UNITS = { "": ["", "k", "M", "G", "T"], B: ["B", "kB", "MB", "GB", "TB"] };

export function share(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return DASH;
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text.replace("-", "−");
}

export function signed(value) {
  const text = share(value);
  return text === DASH || text === "0.00" || text.startsWith("−") ? text : `+${text}`;
}

export function withMargin(mean, half) {
  return half === null || half === undefined || mean === null
    ? share(mean)
    : `${share(mean)} ±${THIN}${share(half)}`;
}

/* 950, 12 k, 1.2 M; bytes with the unit "B". */
export function scaled(value, unit = "") {
  if (value === null || value === undefined) return DASH;
  let power = 0;
  let size = Math.abs(value);
  while (size >= 999.5 && power < 4) {
    size /= 1000;
    power++;
  }
  const digits = power > 0 && size < 9.95 ? 1 : 0;
  return `${size.toFixed(digits)}${THIN}${UNITS[unit][power]}`.trimEnd();
}

export function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
