// Client of a REST API. One file without dependencies: it needs fetch and Web Crypto, which browsers (on https:// pages and on localhost)
// and Node.js have.
//
//   in a page      <script src="apigClient.js"></script>, then apigClientFactory.newClient({ … })
//   in Node.js     const { apigClientFactory } = require('./apigClient.js');
((root) => {
  const api = '@@API@@';

  /**
   * config: accessKey, secretKey, sessionToken, region (for methods with AWS_IAM), apiKey, invokeUrl (where the API is, if not where
   * it was when this file was made), defaultContentType, defaultAcceptType.
   */
  function newClient(config = {}) {
    const settings = { region: api.region, invokeUrl: api.invokeUrl, ...definedOf(config) };
    const client = {};
    for (const [name, method] of Object.entries(api.methods)) {
      client[name] = (params, body, additionalParams) => send(settings, method, params ?? {}, body, additionalParams ?? {});
    }
    return client;
  }

  async function send(settings, method, params, body, additionalParams) {
    const missing = method.required.filter((name) => params[name] === undefined || params[name] === null);
    if (missing.length > 0) throw new Error(`Missing required parameters: ${missing.join(', ')}`);
    const headers = new Headers(additionalParams.headers ?? {});
    if (!headers.has('accept')) headers.set('Accept', settings.defaultAcceptType ?? 'application/json');
    for (const name of method.headers) if (params[name] !== undefined) headers.set(name, params[name]);
    if (settings.apiKey) headers.set('x-api-key', settings.apiKey);
    const query = [];
    const addQuery = (name, value) => {
      for (const each of Array.isArray(value) ? value : [value]) query.push([encode(name), encode(String(each))]);
    };
    for (const name of method.query) if (params[name] !== undefined) addQuery(name, params[name]);
    for (const [name, value] of Object.entries(additionalParams.queryParams ?? {})) addQuery(name, value);
    const hasBody = body !== undefined && body !== null && body !== '' && method.verb !== 'GET' && method.verb !== 'HEAD';
    const sent = hasBody ? toSent(body) : undefined;
    if (sent !== undefined && !headers.has('content-type')) {
      headers.set('Content-Type', settings.defaultContentType ?? 'application/json');
    }
    const base = new URL(settings.invokeUrl);
    const path = base.pathname.replace(/\/$/, '') + expand(method.path, params);
    if (method.signed) await sign(settings, { method: method.verb, host: base.host, path, query, headers, body: sent ?? '' });
    const queryText = query.map((pair) => pair.join('=')).join('&');
    const url = `${base.origin}${path}${queryText === '' ? '' : `?${queryText}`}`;
    const response = await fetch(url, { method: method.verb, headers, ...(sent === undefined ? {} : { body: sent }) });
    const text = await response.text();
    const result = {
      status: response.status,
      statusText: response.statusText,
      headers: Object.fromEntries(response.headers),
      data: parsed(text, response.headers.get('content-type') ?? ''),
    };
    if (response.ok) return result;
    throw Object.assign(new Error(`${method.verb} ${method.path} answered ${response.status}`), { response: result });
  }

  /** Signature Version 4. */
  async function sign(settings, request) {
    const { accessKey, secretKey, sessionToken, region } = settings;
    if (!accessKey || !secretKey)
      throw new Error('The method asks for a signed request: give accessKey and secretKey to newClient.');
    const { headers } = request;
    const timestamp = new Date().toISOString().replace(/[:-]|\.\d{3}/g, '');
    headers.set('X-Amz-Date', timestamp);
    if (sessionToken) headers.set('X-Amz-Security-Token', sessionToken);
    // fetch sends the host by itself; everything else that is signed is a header of the request.
    const signed = [['host', request.host], ...headers].map(([name, value]) => [name, value.trim().replace(/ +/g, ' ')]);
    signed.sort(([a], [b]) => (a < b ? -1 : 1));
    const names = signed.map(([name]) => name).join(';');
    // By name, then by value: `a=2` comes before `a1=1`.
    const query = request.query
      .map((pair) => pair.join('\t'))
      .sort()
      .map((pair) => pair.replace('\t', '='))
      .join('&');
    const path = request.path.split('/').map(encode).join('/');
    const canonical = [
      ...[request.method, path, query],
      ...[signed.map(([name, value]) => `${name}:${value}\n`).join(''), names, hex(await sha256(request.body))],
    ].join('\n');
    const scope = `${timestamp.slice(0, 8)}/${region}/execute-api/aws4_request`;
    const text = ['AWS4-HMAC-SHA256', timestamp, scope, hex(await sha256(canonical))].join('\n');
    let key = bytes(`AWS4${secretKey}`);
    for (const part of scope.split('/')) key = await hmac(key, part);
    const signature = hex(await hmac(key, text));
    headers.set(
      'Authorization',
      `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    );
  }

  /** Path parameters in their places; {name+} keeps its slashes. */
  function expand(path, params) {
    return path.replace(/\{([^}+]+)(\+?)\}/g, (_, name, greedy) => {
      const segments = greedy ? String(params[name]).split('/') : [String(params[name])];
      // fetch would walk up the path.
      if (segments.some((segment) => segment === '.' || segment === '..')) throw new Error(`Invalid value of ${name}`);
      return segments.map(encode).join('/');
    });
  }

  function toSent(body) {
    const isSent = typeof body === 'string' || body instanceof Uint8Array || body instanceof ArrayBuffer;
    return isSent ? body : JSON.stringify(body);
  }

  function parsed(text, contentType) {
    if (!/[/+]json\b/i.test(contentType)) return text;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  function definedOf(config) {
    return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined && value !== ''));
  }

  /** RFC 3986: what encodeURIComponent leaves and signatures do not. */
  function encode(text) {
    return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  }

  function bytes(data) {
    return typeof data === 'string' ? new TextEncoder().encode(data) : data;
  }

  function sha256(data) {
    return crypto.subtle.digest('SHA-256', bytes(data));
  }

  async function hmac(key, text) {
    const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    return crypto.subtle.sign('HMAC', imported, bytes(text));
  }

  function hex(buffer) {
    return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  root.apigClientFactory = { newClient };
})(typeof module === 'object' && module.exports ? module.exports : globalThis);
