exports.tenant = async (event) => event.requestContext.authorizer.lambda;

exports.reports = async (event) => ({
  year: event.pathParameters.year,
  role: event.requestContext.authorizer.lambda.role,
});
