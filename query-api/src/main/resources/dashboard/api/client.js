import {parseExact} from './exact-json.js';
import {knowsServerTime, learnServerTime} from '../model/time.js';

const TIMEOUT_MS = 15_000;

/** The page is not kept waiting for the server's time. */
const TIME_WITHIN_MS = 2_000;
let asking;

/**
 * An answer that is none.
 *
 * `kind` says what to do about it: `disconnected` (nobody answered: try again by and by), `restoring` (503: try again after
 * `retryAfterMs`), `missing` (404, 410), `refused` (the other 4xx: what was asked is wrong) or `broken` (the rest).
 */
export class ApiError extends Error {
  constructor(kind, message, {status = 0, retryAfterMs = 0, body = null} = {}) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.body = body;
  }
}

/** Whether an error is no answer of the API but a fault of our own code. */
export function isOfThePage(error) {
  return !(error instanceof ApiError);
}

/** What is the matter, in words: the server is not said to have failed where the page has. */
export function sayingOf(error) {
  return isOfThePage(error) ? `the page itself failed (${error.message})` : error.message;
}

/**
 * Asks the API.
 *
 * @param {string} path without a slash before it, as in `traces/overview`; each part encoded
 * @param {URLSearchParams | Record<string, string>} params
 * @param {{signal?: AbortSignal, parse?: (text: string) => any}} options how to read the text; by default exactly
 * @throws {ApiError}
 */
export async function getJson(path, params = {}, {signal, parse = parseExact} = {}) {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  let text;
  try {
    response = await fetch(url(path, params), {
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      headers: {Accept: 'application/json'},
    });
    learnServerTime(response.headers.get('Date'));
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    const why = error.name === 'TimeoutError' ? `gave no answer within ${TIMEOUT_MS / 1000} s` : 'cannot be reached';
    throw new ApiError('disconnected', `${location.host} ${why}`);
  }
  if (!response.ok) {
    throw refusal(response, text);
  }
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    throw new ApiError('broken', `${location.host} answered with something that is no JSON`, {status: response.status});
  }
}

/** Resolves when the server's time is known, which any answer tells, or when nobody tells it. */
export async function serverTime() {
  if (!knowsServerTime()) {
    await (asking ??= askForTime());
  }
}

async function askForTime() {
  try {
    const answer = await fetch(url(''), {method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(TIME_WITHIN_MS)});
    learnServerTime(answer.headers.get('Date'));
  } catch {
    // Then the browser's has to do; that nobody answers is said where something is asked for.
  }
}

/** The address of an API call, under whatever path the page itself is served. */
export function url(path, params = {}) {
  const target = new URL(path, document.baseURI);
  target.hash = '';
  target.search = new URLSearchParams(params).toString();
  return target;
}

function refusal(response, text) {
  let body = null;
  try {
    body = parseExact(text);
  } catch {
    // Of a proxy in between: its text is not worth showing.
  }
  // Under /api/v3 an error has the form of Jaeger's.
  const said = body?.error?.message ?? body?.error;
  const message = typeof said === 'string' ? said : `${response.status} ${response.statusText}`;
  return new ApiError(kindOf(response.status), message, {
    status: response.status,
    retryAfterMs: 1000 * (Number(response.headers.get('Retry-After')) || 1),
    body,
  });
}

function kindOf(status) {
  if (status === 503) {
    return 'restoring';
  }
  if (status === 502 || status === 504) {
    return 'disconnected';
  }
  if (status === 404 || status === 410) {
    return 'missing';
  }
  return status >= 400 && status < 500 ? 'refused' : 'broken';
}
