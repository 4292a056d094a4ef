// The logs of stages go to their log groups, one stream for each group and run; the lines of every stage to the operator's file.

import { namedAccessLogFormats, parseAccessLogFormat } from '../compile/http-api/access-log-format.ts';
import type { LineSink, StageLogs } from '../data-plane/ports.ts';
import type { AccessLogDestination } from '../model/http-api-plan.ts';
import { type LogsService, newLogStream } from '../services/logs/logs-service.ts';

export function stageLogs(logs: LogsService, file: LineSink | undefined, format: string): StageLogs {
  const sinks = new Map<string, LineSink>();
  const open = ({ scope, logGroupName }: AccessLogDestination): LineSink => {
    const key = `${scope.account}/${scope.region}/${logGroupName}`;
    const known = sinks.get(key);
    if (known !== undefined) return known;
    const stream = newLogStream(scope, logGroupName);
    const sink: LineSink = { write: (line, at) => logs.append(stream, at, line) };
    sinks.set(key, sink);
    return sink;
  };
  if (file === undefined) return { open };
  return { open, ofEveryStage: { format: parseAccessLogFormat(namedAccessLogFormats[format] ?? format), sink: file } };
}
