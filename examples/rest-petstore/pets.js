const pets = new Map([
  ['1', { id: '1', name: 'Rex', price: 120 }],
  ['2', { id: '2', name: 'Mia', price: 80 }],
]);

const json = (statusCode, value) => ({
  statusCode,
  headers: { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' },
  body: JSON.stringify(value),
});

exports.list = async (event) => {
  const most = Number(event.queryStringParameters?.below ?? Number.POSITIVE_INFINITY);
  return json(
    200,
    [...pets.values()].filter((pet) => pet.price < most),
  );
};

// What the mapping template made: { id, caller }. An error that begins with [404] is the response of that status.
exports.show = async ({ id, caller }) => {
  const pet = pets.get(id);
  if (pet === undefined) throw new Error(`[404] no pet ${id}`);
  return { ...pet, askedFrom: caller };
};

// The gateway has checked the body already.
exports.add = async (event) => {
  const pet = { id: String(pets.size + 1), ...JSON.parse(event.body) };
  return json(201, pet);
};

exports.remove = async (event) => json(200, { removed: event.pathParameters.id, by: event.requestContext.authorizer.principalId });

exports.echo = async ({ body, query, method, requestPath, headers }) => {
  // Without statusCodes of its own, the method knows [400], [401], [403], [404], [422], [500], [502] and [504].
  if (query.fail !== undefined) throw new Error(`[${query.fail}] asked for`);
  return { body, query, method, path: requestPath, type: headers['Content-Type'] };
};

// A TOKEN authorizer: who the caller is, and a policy that says what may be called.
exports.keeper = async ({ authorizationToken, methodArn }) => {
  if (authorizationToken !== 'keeper') throw new Error('Unauthorized');
  return {
    principalId: 'the keeper',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }],
    },
  };
};
