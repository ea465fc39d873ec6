/** A trace or span id in the forms that people and protocols have: hexadecimal digits as in OTLP, or a UUID as in traced's own API. */
const HEX = /^[0-9a-f]{1,32}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The 32 digits of a trace id; null if it is none. @returns {string | null} */
export function traceIdHex(text) {
  const lower = text.trim().toLowerCase();
  if (UUID.test(lower)) {
    return lower.replaceAll('-', '');
  }
  return HEX.test(lower) ? lower.padStart(32, '0') : null;
}

/** The UUID of 32 digits. */
export function uuidOf(hex) {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The 16 digits of a span id, which the API of logs shows as a UUID; null if it is none. @returns {string | null} */
export function spanIdHex(text) {
  const lower = text.toLowerCase().replaceAll('-', '');
  return HEX.test(lower) ? lower.slice(-16).padStart(16, '0') : null;
}
