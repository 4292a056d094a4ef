// OpenAPI documents in and out: ImportApi, ReimportApi, ExportApi.

import type { ServiceContext, V2Operations } from '../apigatewayv2/service.ts';
import { exportOperations } from './export-api.ts';
import { importOperations, type OperationsOver } from './import-api.ts';

export function openApiOperations(context: ServiceContext, operationsOver: OperationsOver) {
  return { ...importOperations(context, operationsOver), ...exportOperations(context, operationsOver) } satisfies V2Operations;
}
