// Requests that try to be taken for others: the corpus of the path confusion tests.

/** Sets of route keys whose paths lie close to each other. */
export const samples: readonly (readonly string[])[] = [
  ['GET /admin', 'ANY /public/{proxy+}', 'GET /public/readme'],
  ['GET /users/{id}', 'GET /users/{id}/secrets', 'ANY /{proxy+}'],
  ['POST /a/b/c', 'GET /a/{x}/c', 'ANY /a/{rest+}', 'GET /'],
  ['GET /files/{path+}', 'DELETE /files/{path+}', 'GET /files/locked/{path+}'],
];

/** Paths that match a route of some sample. */
export const bases = [
  '/admin',
  '/public/x',
  '/public/readme',
  '/users/5',
  '/users/5/secrets',
  '/a/b/c',
  '/a/z/c',
  '/files/x/y',
  '/files/locked/k',
  '/',
];

/** Other spellings of a path, and paths beside it. */
export const mutations: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => `//${path}`,
  (path) => `${path}//`,
  (path) => path.replace('/', '//'),
  (path) => path.replace(/\/([^/]*)$/, '//$1'),
  (path) => `/.${path}`,
  (path) => `/x/..${path}`,
  (path) => `/public/..${path}`,
  (path) => `/public/%2e%2e${path}`,
  (path) => `/public/.%2E${path}`,
  (path) => `/public/..%2f${path.slice(1)}`,
  (path) => `/public/%2e%2e%2f${path.slice(1)}`,
  (path) => `/public/..%5c${path.slice(1)}`,
  (path) => `/public/..;${path}`,
  (path) => `/public/..;a=b${path}`,
  (path) => `/public/%252e%252e${path}`,
  (path) => `/files/x/..%2F..%2Fpublic${path}`,
  (path) => `${path}/.`,
  (path) => `${path}/..`,
  (path) => `${path}/%2e`,
  (path) => `${path}%2f`,
  (path) => `${path}%00`,
  (path) => `${path}%00.js`,
  (path) => `${path}%0a`,
  (path) => `${path}%20`,
  (path) => `${path};x`,
  (path) => `${path}.json`,
  (path) => path.toUpperCase(),
  (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (path) => path.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`),
  (path) => path.replaceAll('/', '%2f').replace('%2f', '/'),
  (path) => path.replaceAll('/', '%5c').replace('%5c', '/'),
  (path) => path.replaceAll('/', '%252f').replace('%252f', '/'),
  (path) => path.replace('a', '%c1%a1'),
  (path) => path.replace('a', '%u0061'),
  (path) =>
    path
      .replace('a', 'á'.normalize('NFD'))
      .normalize('NFC')
      .replace(/[^\x20-\x7e]/g, (letter) => encodeURIComponent(letter)),
  (path) => `${path}%3fx=1`,
  (path) => `${path}%23x`,
  (path) => `${path}?x=/../admin`,
  (path) => `${path}?`,
  (path) => `${path}%3f`,
  (path) => `${path}%26x=1`,
  (path) => `${path}//.`,
  (path) => `${path}/..;/`,
  (path) => `${path}/%2e%2e/`,
  (path) => `/%2f${path}`,
  (path) => `/%5c${path}`,
  (path) => `/x/%2e%2e%5c..${path}`,
  (path) => `/$default${path}`,
  (path) => `/dev${path}`,
  (path) => `/{proxy+}${path}`,
  (path) => path.replace(/\/([a-z])/, (_, letter: string) => `/${letter.toUpperCase()}`),
  (path) => path.replace('a', '%61').replace('%61', '%2561'),
  (path) => path.replace('a', '%ef%bd%81'),
  (path) => path.replace('i', '%c4%b1'),
  (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`).replace(/$/, '/'),
  (path) => `${path}%e2%80%8b`,
  (path) => `${path}%c2%a0`,
  (path) => `${path}+`,
];

export const methods = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'get', 'PROPFIND'];
