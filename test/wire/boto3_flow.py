"""Drives a started server with boto3: python3 boto3_flow.py CONTROL_URL ACCESS_KEY SECRET_KEY FUNCTION_ZIP PREFIX

Prints one JSON object; the test beside it looks at what the API traffic listener answers meanwhile.
"""

import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, access_key, secret_key, zip_file, prefix = sys.argv[1:6]
session = boto3.session.Session(
    aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name="us-east-1"
)
config = Config(retries={"max_attempts": 0}, connect_timeout=10, read_timeout=60)
apis = session.client("apigatewayv2", endpoint_url=url, config=config)
functions = session.client("lambda", endpoint_url=url, config=config)
sts = session.client("sts", endpoint_url=url, config=config)

name = prefix + "-function"
with open(zip_file, "rb") as handle:
    code = handle.read()


def refused(call, **arguments):
    """The error code and status of a call that must fail."""
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
    return None


identity = sts.get_caller_identity()
created = functions.create_function(
    FunctionName=name,
    Role="arn:aws:iam::000000000000:role/test",
    Runtime="nodejs22.x",
    Handler="index.handler",
    Code={"ZipFile": code},
    Timeout=10,
)
for _ in range(200):
    shown = functions.get_function(FunctionName=name)["Configuration"]
    if shown["State"] == "Active":
        break
    time.sleep(0.05)
invoked = functions.invoke(FunctionName=name, Payload=json.dumps({"from": "boto3"}))
event = functions.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
dry = functions.invoke(FunctionName=name, InvocationType="DryRun")

api = apis.create_api(Name=prefix + "-api", ProtocolType="HTTP")
api_id = api["ApiId"]
integration = apis.create_integration(
    ApiId=api_id,
    IntegrationType="AWS_PROXY",
    IntegrationUri=created["FunctionArn"],
    PayloadFormatVersion="2.0",
)
for key in ["GET /a", "GET /b", "POST /c"]:
    apis.create_route(ApiId=api_id, RouteKey=key, Target="integrations/" + integration["IntegrationId"])
stage = apis.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True, StageVariables={"k": "v"})
functions.add_permission(
    FunctionName=name,
    StatementId="gateway",
    Action="lambda:InvokeFunction",
    Principal="apigateway.amazonaws.com",
    SourceArn="arn:aws:execute-api:us-east-1:000000000000:%s/*/*" % api_id,
)
updated = apis.update_api(ApiId=api_id, Description="by boto3")
keys = sorted(
    route["RouteKey"]
    for page in apis.get_paginator("get_routes").paginate(ApiId=api_id, PaginationConfig={"PageSize": 2})
    for route in page["Items"]
)

doomed = apis.create_api(Name=prefix + "-doomed", ProtocolType="HTTP", Target="http://127.0.0.1:9/")
apis.delete_api(ApiId=doomed["ApiId"])

print(
    json.dumps(
        {
            "account": identity["Account"],
            "arn": created["FunctionArn"],
            "returned": json.loads(invoked["Payload"].read()),
            "statuses": [invoked["StatusCode"], event["StatusCode"], dry["StatusCode"]],
            "apiId": api_id,
            "stageVariables": stage["StageVariables"],
            "description": updated["Description"],
            "createdIsTime": hasattr(api["CreatedDate"], "isoformat"),
            "keys": keys,
            "errors": {
                "goneApi": refused(apis.get_api, ApiId=doomed["ApiId"]),
                "sameRoute": refused(apis.create_route, ApiId=api_id, RouteKey="GET /a"),
                "sameFunction": refused(
                    functions.create_function,
                    FunctionName=name,
                    Role="arn:aws:iam::000000000000:role/test",
                    Runtime="nodejs22.x",
                    Handler="index.handler",
                    Code={"ZipFile": code},
                ),
                "noFunction": refused(functions.invoke, FunctionName=prefix + "-nobody"),
                "badTimeout": refused(functions.update_function_configuration, FunctionName=name, Timeout=1000),
            },
        }
    )
)
