/** The claims of the token are in the event, verified by the gateway. */
exports.profile = async (event) => ({ hello: event.requestContext.authorizer.jwt.claims.sub });

exports.orders = async (event) => ({ orders: [17, 18], scopes: event.requestContext.authorizer.jwt.scopes });

exports.news = async () => ({ news: 'a new teapot' });
