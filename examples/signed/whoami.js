exports.handler = async (event) => ({ userArn: event.requestContext.authorizer.iam.userArn });
