// Functions of WebSocket APIs call back to the host that their events name, over TLS and on port 443, as they must on AWS:
// `https://${domainName}/${stage}`. That host is the gateway that sent the event, so such calls go to where it listens; the Host field and
// the signature stay what the function made. No other host is touched. Loaded with the first such event.
'use strict';

const http = require('node:http');
const https = require('node:https');
const { syncBuiltinESMExports } = require('node:module');

const hosts = new Set();
let gateway;

/** From now on calls to `domainName` go to `endpoint`, the gateway's URL. */
exports.add = (domainName, endpoint) => {
  if (gateway === undefined) {
    gateway = new URL(endpoint);
    install();
  }
  hosts.add(domainName.toLowerCase());
};

function install() {
  const { request } = https;
  https.request = function routed(...args) {
    const given = optionsOf(args);
    return given !== undefined && hosts.has(hostOf(given.options))
      ? http.request(rerouted(given.options), given.callback)
      : request.apply(this, args);
  };
  https.get = function routedGet(...args) {
    const sent = https.request(...args);
    sent.end();
    return sent;
  };
  syncBuiltinESMExports();
  const { fetch } = globalThis;
  globalThis.fetch = function routedFetch(input, init) {
    const url = urlOf(input);
    if (url === undefined || url.protocol !== 'https:' || !hosts.has(url.hostname.toLowerCase()))
      return fetch.call(this, input, init);
    return fetched(url, new Request(input, init));
  };
}

/** fetch writes the Host field itself, so the call is made by hand. */
async function fetched(url, asked) {
  const body = Buffer.from(await asked.arrayBuffer());
  const headers = { ...Object.fromEntries(asked.headers), host: url.host };
  const options = {
    hostname: url.hostname,
    path: `${url.pathname}${url.search}`,
    method: asked.method,
    headers,
    signal: asked.signal,
  };
  return new Promise((resolve, reject) => {
    const sent = http.request(rerouted(options), (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status } = response;
        const content = status === 204 || status === 205 || status === 304 ? null : Buffer.concat(chunks);
        resolve(
          new Response(content, {
            status,
            headers: Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
          }),
        );
      });
    });
    sent.on('error', (cause) => reject(new TypeError('fetch failed', { cause })));
    sent.end(body);
  });
}

/** What `request(url, options, callback)` was called with, in any of its forms; undefined for what it will refuse itself. */
function optionsOf(args) {
  const [first, second, third] = args;
  const url = urlOf(first);
  if (url === undefined) return typeof first === 'object' && first !== null ? { options: first, callback: second } : undefined;
  const options = typeof second === 'object' && second !== null ? second : {};
  const callback = typeof second === 'function' ? second : third;
  return { options: { hostname: url.hostname, port: url.port, path: `${url.pathname}${url.search}`, ...options }, callback };
}

function urlOf(value) {
  if (value instanceof URL) return value;
  if (typeof Request === 'function' && value instanceof Request) return new URL(value.url);
  return typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
}

function hostOf({ hostname, host }) {
  return String(hostname ?? host ?? '')
    .replace(/:\d+$/, '')
    .toLowerCase();
}

function rerouted(options) {
  const {
    headers,
    host,
    hostname,
    agent: _,
    createConnection: __,
    protocol: ___,
    defaultPort: ____,
    servername: _____,
    ...others
  } = options;
  const named = String(hostname ?? host).replace(/:\d+$/, '');
  const hasHost =
    headers !== undefined && !Array.isArray(headers) && Object.keys(headers).some((name) => name.toLowerCase() === 'host');
  return {
    ...others,
    protocol: 'http:',
    hostname: gateway.hostname.replace(/^\[|\]$/g, ''),
    port: gateway.port,
    headers: hasHost || Array.isArray(headers) ? headers : { ...headers, host: named },
  };
}
