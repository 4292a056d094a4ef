// What REST APIs answer to a document that cannot be imported: AWS's sentences and nothing else, for clients compare them. What is wrong,
// and where, goes along as the error's cause, for whoever looks after the server.

import { AwsError } from '../../aws/aws-error.ts';
import { INVALID_INPUT } from './document-node.ts';
import { withLines } from './pending-lines.ts';

/** `answer` is AWS's; `cause` is ours. */
export function awsRefusal(answer: string, cause: string): AwsError {
  return new AwsError('BadRequestException', answer, { cause });
}

/** What `work` throws about the document `text`, in AWS's words. */
export async function inWordsOfAws<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await withLines(text, work);
  } catch (error) {
    throw withoutDetail(error);
  }
}

/** AWS: this sentence alone. Seen: aws/aws-cli#8191, hashicorp/terraform#32281. */
function withoutDetail(error: unknown): unknown {
  if (!(error instanceof AwsError) || !error.message.startsWith(INVALID_INPUT)) return error;
  return awsRefusal(INVALID_INPUT, error.message.slice(INVALID_INPUT.length).trim());
}
