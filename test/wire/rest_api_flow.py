"""Builds a REST API with boto3: python3 rest_api_flow.py CONTROL_URL ACCESS_KEY SECRET_KEY

Prints one JSON object of what was answered.
"""

import datetime
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, access_key, secret_key = sys.argv[1:4]
session = boto3.session.Session(
    aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name="us-east-1"
)
config = Config(retries={"max_attempts": 0}, connect_timeout=10, read_timeout=60)
apis = session.client("apigateway", endpoint_url=url, config=config)


def refused(call, **arguments):
    """The error code, status and text of a call that must fail."""
    try:
        call(**arguments)
    except ClientError as error:
        shown = error.response["Error"]
        return [shown["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"], shown["Message"]]
    return None


api = apis.create_rest_api(name="boto", description="by boto3", binaryMediaTypes=["image/png"])
names = {"restApiId": api["id"]}
root = apis.get_resources(**names)["items"][0]["id"]
pets = apis.create_resource(parentId=root, pathPart="pets", **names)["id"]
method = {"resourceId": pets, "httpMethod": "GET", **names}
apis.put_method(authorizationType="NONE", apiKeyRequired=True, **method)
apis.put_integration(type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, **method)
apis.put_method_response(statusCode="200", responseModels={"application/json": "Empty"}, **method)
apis.put_integration_response(statusCode="200", selectionPattern="", **method)
deployment = apis.create_deployment(stageName="dev", **names)
updated = apis.update_stage(
    stageName="dev",
    patchOperations=[
        {"op": "replace", "path": "/variables/color", "value": "blue"},
        {"op": "replace", "path": "/~1pets/GET/logging/loglevel", "value": "OFF"},
    ],
    **names,
)
pages = apis.get_paginator("get_models").paginate(PaginationConfig={"PageSize": 1}, **names)
said = {
    "methodSettings": list(updated["methodSettings"]),
    "variables": updated["variables"],
    "models": [model["name"] for page in pages for model in page["items"]],
    "createdIsTime": isinstance(api["createdDate"], datetime.datetime),
    "sameDeployment": updated["deploymentId"] == deployment["id"],
    "responses": list(apis.get_method(**method)["methodIntegration"]["integrationResponses"]),
    "inUse": refused(apis.delete_deployment, deploymentId=deployment["id"], **names),
    "wrongOp": refused(
        apis.update_method, patchOperations=[{"op": "add", "path": "/operationName", "value": "x"}], **method
    ),
    "wrongType": refused(apis.put_integration, **{**method, "type": "HTTPS"}),
}
apis.delete_stage(stageName="dev", **names)
apis.delete_deployment(deploymentId=deployment["id"], **names)
said["deleted"] = apis.delete_rest_api(**names)["ResponseMetadata"]["HTTPStatusCode"]
said["left"] = apis.get_rest_apis()["items"]
print(json.dumps(said))
