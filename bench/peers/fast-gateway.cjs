// fast-gateway as a plain reverse proxy: node fast-gateway.cjs PORT UPSTREAM
const gateway = require('fast-gateway');

const [port, upstream] = process.argv.slice(2);
gateway({ routes: [{ prefix: '/svc', target: upstream }] })
  .start(Number(port), '127.0.0.1')
  .then(() => console.log('Ready.'));
