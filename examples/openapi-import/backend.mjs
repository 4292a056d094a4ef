// The pet shop behind the gateway: `node backend.mjs [port]`, 3000 by default.
import http from 'node:http';

const pets = [{ id: 1, name: 'Rex' }];

const server = http.createServer(async (request, response) => {
  const id = /^\/pets\/(\d+)$/.exec(request.url)?.[1];
  if (request.method === 'POST') {
    let body = '';
    for await (const chunk of request) body += chunk;
    pets.push({ id: pets.length + 1, name: JSON.parse(body).name });
    response.statusCode = 201;
  }
  const answer = id === undefined ? (request.method === 'POST' ? pets.at(-1) : pets) : pets.find((pet) => pet.id === Number(id));
  if (answer === undefined) response.statusCode = 404;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer ?? { message: `no pet ${id}` }));
});

server.listen(Number(process.argv[2] ?? 3000), '127.0.0.1', () => {
  console.log(`The pet shop listens on 127.0.0.1:${server.address().port}`);
});
