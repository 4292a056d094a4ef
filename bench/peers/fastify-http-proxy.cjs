// @fastify/http-proxy as a plain reverse proxy: node fastify-http-proxy.cjs PORT UPSTREAM
const fastify = require('fastify');
const proxy = require('@fastify/http-proxy');

const [port, upstream] = process.argv.slice(2);
const server = fastify({ logger: false });
server.register(proxy, { upstream });
server.listen({ port: Number(port), host: '127.0.0.1' }).then(() => console.log('Ready.'));
