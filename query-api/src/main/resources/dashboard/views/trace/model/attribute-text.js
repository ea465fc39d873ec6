/**
 * An OTLP value as text, as traced's search has it: a value that is shown can be searched for as it is. Integers come as text and
 * stay text; what is nested is JSON.
 *
 * @param {object | undefined} value an AnyValue of OTLP's JSON
 */
export function attributeText(value) {
  const [kind, content] = Object.entries(value ?? {})[0] ?? [];
  switch (kind) {
    case 'stringValue':
    case 'bytesValue':
      return content;
    case 'boolValue':
    case 'intValue':
      return String(content);
    case 'doubleValue':
      return doubleText(content);
    case 'arrayValue':
    case 'kvlistValue':
      return nested(value);
    default:
      return '';
  }
}

function nested(value) {
  const [kind, content] = Object.entries(value ?? {})[0] ?? [];
  switch (kind) {
    case 'arrayValue':
      return `[${(content.values ?? []).map(nested).join(',')}]`;
    case 'kvlistValue':
      return `{${(content.values ?? []).map(entry => `${JSON.stringify(entry.key ?? '')}:${nested(entry.value)}`).join(',')}}`;
    case 'stringValue':
    case 'bytesValue':
      return JSON.stringify(content);
    case undefined:
      return 'null';
    default:
      return attributeText(value);
  }
}

/** As Java writes a double, which is what the search compares with: `1.0`, `1.5E10`. */
function doubleText(value) {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return String(value);
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [digits, exponent] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : digits + '.0'}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Attributes as texts, by name; JSON of protobuf leaves out one that is empty. @returns {{key: string, text: string}[]} */
export function attributeTexts(attributes) {
  return attributes.map(({key = '', value}) => ({key, text: attributeText(value)})).sort((a, b) => (a.key < b.key ? -1 : 1));
}
