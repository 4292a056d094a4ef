import json
import logging
import math

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def area(event, context):
    try:
        radius = float(event["pathParameters"]["radius"])
    except ValueError:
        return {"statusCode": 400, "body": json.dumps({"message": "the radius is a number"})}
    logger.info("asked for radius %s, %d ms left", radius, context.get_remaining_time_in_millis())
    return {"area": round(math.pi * radius**2, 2)}
