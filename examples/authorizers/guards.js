const tenants = { 'key-of-north': 'north', 'key-of-south': 'south' };

/** A simple response. What is in `context` reaches the route's function. */
exports.checkKey = async (event) => {
  const tenant = tenants[event.identitySource[0]];
  return { isAuthorized: tenant !== undefined, context: { tenant } };
};

/** A policy: everybody who has a name may read, ada may do everything. */
exports.writePolicy = async (event) => {
  const user = event.identitySource;
  const [api] = event.methodArn.split('/');
  const resource = user === 'ada' ? `${api}/*/*` : `${api}/*/GET/*`;
  return {
    principalId: user,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource }],
    },
    context: { role: user === 'ada' ? 'editor' : 'reader' },
  };
};
