// Which function a URI means: a function ARN or the invocation ARN around one.

const FUNCTION_ARN = /^arn:aws[a-z0-9-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?$/;
const INVOCATION_ARN = /^arn:aws[a-z0-9-]*:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;
const STREAMING_ARN =
  /^arn:aws[a-z0-9-]*:apigateway:[a-z0-9-]+:lambda:path\/2021-11-15\/functions\/(.+)\/response-streaming-invocations$/;

/** The function that a URI of InvokeWithResponseStream means; REST APIs with responseTransferMode STREAM have such. */
export function streamedFunctionArnOf(uri: string): string | undefined {
  const functionArn = STREAMING_ARN.exec(uri)?.[1];
  return functionArn !== undefined && FUNCTION_ARN.test(functionArn) ? functionArn : undefined;
}

/** The function's ARN, perhaps with a qualifier; undefined when the URI names no function. */
export function functionArnOf(uri: string): string | undefined {
  const functionArn = INVOCATION_ARN.exec(uri)?.[1] ?? uri;
  return FUNCTION_ARN.test(functionArn) ? functionArn : undefined;
}
