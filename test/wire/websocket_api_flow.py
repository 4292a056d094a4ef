# A WebSocket API by boto3; prints what it saw as JSON. Run by websocket-api.sdk.test.ts.
import datetime
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

apis = boto3.client(
    "apigatewayv2",
    endpoint_url=sys.argv[1],
    region_name="us-east-1",
    aws_access_key_id="any",
    aws_secret_access_key="thing",
    config=Config(retries={"total_max_attempts": 1}),
)


def code_of(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


made = apis.create_api(Name="boto", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")
api = made["ApiId"]
no_routes = code_of(lambda: apis.create_deployment(ApiId=api))
mock = apis.create_integration(
    ApiId=api,
    IntegrationType="MOCK",
    RequestTemplates={"$default": '{"statusCode":200}'},
    TemplateSelectionExpression="\\$default",
)
target = "integrations/" + mock["IntegrationId"]
for key in ["$connect", "$default", "order"]:
    apis.create_route(ApiId=api, RouteKey=key, Target=target)
for key in ["$default", "/4\\d\\d/", "/5\\d\\d/"]:
    apis.create_integration_response(ApiId=api, IntegrationId=mock["IntegrationId"], IntegrationResponseKey=key)
pages = [
    len(page["Items"])
    for page in apis.get_paginator("get_integration_responses").paginate(
        ApiId=api, IntegrationId=mock["IntegrationId"], PaginationConfig={"PageSize": 2}
    )
]
apis.create_stage(ApiId=api, StageName="prod")
apis.create_deployment(ApiId=api, StageName="prod")
said = {
    "endpoint": made["ApiEndpoint"][:6],
    "createdIsTime": isinstance(made["CreatedDate"], datetime.datetime),
    "routes": sorted(route["RouteKey"] for route in apis.get_routes(ApiId=api)["Items"]),
    "pages": pages,
    "template": apis.get_integration(ApiId=api, IntegrationId=mock["IntegrationId"])["RequestTemplates"],
    "settings": apis.get_stage(ApiId=api, StageName="prod")["DefaultRouteSettings"],
}
said["errors"] = {
    "onlyConnect": code_of(lambda: apis.create_route(ApiId=api, RouteKey="x", AuthorizationType="AWS_IAM")),
    "noRoutes": no_routes,
}
apis.delete_api(ApiId=api)
said["errors"]["gone"] = code_of(lambda: apis.get_api(ApiId=api))
print(json.dumps(said))
