"""Runs inside an execution environment: loads the handler, then answers one event at a time over descriptor 3.

Standard library only, Python 3.8 and later. What costs milliseconds (logging, traceback, importlib) is imported when it is
needed, because every millisecond here is a millisecond of every cold start.
Frames: u32 length (little endian, counts what follows it), u8 type, then the body; see ../../frame-codec.ts.
"""
import os
import sys

INVOKE = 1
READY = 16
RETURNED = 17
FAILED = 18
INIT_FAILED = 19

# AWS: 6 MB and 100 bytes. Seen: test/parity, test_lambda_too_large_response.
RESPONSE_BYTES_MAX = 6_291_556
CHANNEL = 3
# How long the handler took is of interest only where events are given ahead.
NO_TIME = bytes(4)
ERROR_TEXT_MAX = 65_536

environ = os.environ
task_root = environ["LAMBDA_TASK_ROOT"]
logs_json = environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"
request_id = ""
_write = os.write
_read = os.read


# ── frames ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def peak_memory_kib():
    peak = getrusage(RUSAGE_SELF).ru_maxrss
    return (peak // 1024 if sys.platform == "darwin" else peak) & 0xFFFFFFFF


def send(kind, data):
    # What was printed is read before the answer is.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    head = (9 + len(data)).to_bytes(4, "little") + bytes((kind,)) + peak_memory_kib().to_bytes(4, "little") + NO_TIME
    frame = memoryview(head + data)
    while frame:
        frame = frame[_write(CHANNEL, frame) :]


def receive(length):
    parts = []
    while length > 0:
        part = _read(CHANNEL, min(length, 1_048_576))
        if not part:
            # The gateway is gone: nobody can want an answer any more.
            os._exit(0)
        parts.append(part)
        length -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


# ── what a handler is given ──────────────────────────────────────────────────────────────────────────────────────────


class CognitoIdentity:
    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]

    def __init__(self):
        self.cognito_identity_id = None
        self.cognito_identity_pool_id = None

    def __repr__(self):
        return "CognitoIdentity([cognito_identity_id=None,cognito_identity_pool_id=None])"


class Client:
    __slots__ = ["installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"]


class ClientContext:
    __slots__ = ["custom", "env", "client"]


class LambdaContext:
    def __init__(self, invoke_id, deadline_ms, function_arn, client_context):
        self.aws_request_id = invoke_id
        self.log_group_name = environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = function_arn
        self.tenant_id = None
        self.client_context = client_context
        self.identity = CognitoIdentity()
        self._epoch_deadline_time_in_ms = deadline_ms

    def get_remaining_time_in_millis(self):
        return max(self._epoch_deadline_time_in_ms - int(time.time() * 1000), 0)

    def log(self, msg):
        sys.stdout.write(str(msg))

    def __repr__(self):
        return "LambdaContext([aws_request_id={},log_group_name={},log_stream_name={},function_name={},memory_limit_in_mb={},function_version={},invoked_function_arn={},client_context={},identity={}])".format(
            self.aws_request_id,
            self.log_group_name,
            self.log_stream_name,
            self.function_name,
            self.memory_limit_in_mb,
            self.function_version,
            self.invoked_function_arn,
            self.client_context,
            self.identity,
        )


def read_client_context(text):
    if not text:
        return None
    given = loads(text)
    context = ClientContext()
    context.custom = given.get("custom")
    context.env = given.get("env")
    context.client = None
    if given.get("client") is not None:
        context.client = Client()
        for name in Client.__slots__:
            setattr(context.client, name, given["client"].get(name))
    return context


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Fault(Exception):
    """Something the runtime says, in AWS's words."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind = kind
        self.trace = trace


def error_of(error):
    """AWS's error object; frames of this file are left out at its beginning."""
    if isinstance(error, Fault):
        kind, trace = error.kind, error.trace or []
    else:
        import traceback

        kind = type(error).__name__
        frames = [(f.filename, f.lineno, f.name, f.line) for f in traceback.extract_tb(error.__traceback__)]
        while frames and frames[0][0] == __file__:
            frames.pop(0)
        if len(frames) > 200:
            frames = frames[:100] + frames[-100:]
        trace = traceback.format_list(frames)
    try:
        message = str(error)
    except Exception:
        message = "<unprintable {} object>".format(kind)
    return {"errorMessage": message[:ERROR_TEXT_MAX], "errorType": kind, "requestId": request_id, "stackTrace": trace}


def log_error(error):
    if logs_json:
        record = {"timestamp": utc_now(), "log_level": "ERROR"}
        record.update(error)
        write_log(dumps(record) + "\n")
        return
    lines = ["[ERROR] {}: {}".format(error["errorType"], error["errorMessage"]) if error["errorMessage"] else "[ERROR] " + error["errorType"]]
    lines.append("Traceback (most recent call last):")
    for element in error["stackTrace"]:
        for line in element.splitlines():
            text = line.lstrip(" ")
            # AWS: an indentation of no-break spaces. Seen: the runtime's log of an error.
            lines.append("\u00a0\u00a0" * ((len(line) - len(text)) // 2) + text)
    # A record is one line: the newlines inside it travel as carriage returns.
    write_log("\r".join(lines).replace("\n", "\r") + "\n")


def write_log(text):
    try:
        sys.stdout.flush()
    except Exception:
        pass
    data = memoryview(text.encode("utf-8", "replace"))
    try:
        while data:
            data = data[_write(1, data) :]
    except OSError:
        # A function may have closed its own stdout; its lines are lost, its answer is not.
        pass


def utc_now():
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + ".%03dZ" % (int(now * 1000) % 1000)


# ── logging, set up when it is first imported ────────────────────────────────────────────────────────────────────────


def set_up_logging(logging):
    class RequestFilter(logging.Filter):
        def filter(self, record):
            record.aws_request_id = request_id or ""
            return True

    class LogHandler(logging.Handler):
        def emit(self, record):
            write_log(self.format(record))

    class TextFormatter(logging.Formatter):
        converter = time.gmtime

        def format(self, record):
            return super().format(record).replace("\n", "\r") + "\n"

    class JsonFormatter(logging.Formatter):
        converter = time.gmtime

        def format(self, record):
            line = {
                "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
                "level": record.levelname,
                "message": record.getMessage(),
                "logger": record.name,
            }
            if record.exc_info:
                import traceback

                line["stackTrace"] = traceback.format_tb(record.exc_info[2])
                line["errorType"] = getattr(record.exc_info[0], "__name__", None)
                line["errorMessage"] = str(record.exc_info[1])
                line["location"] = "{}:{}:{}".format(record.pathname, record.funcName, record.lineno)
            if record.stack_info:
                line["stackTrace"] = record.stack_info
            for name, value in record.__dict__.items():
                if name not in STANDARD and name not in line and name != "aws_request_id":
                    line[name] = value
            line["requestId"] = request_id
            return dumps_log(line) + "\n"

    STANDARD = set(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "taskName"}

    def dumps_log(line):
        import json

        return json.dumps(line, ensure_ascii=False, default=str)

    handler = LogHandler()
    if logs_json:
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(
            TextFormatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")
        )
    handler.addFilter(RequestFilter())
    logging.root.addHandler(handler)
    level = environ.get("AWS_LAMBDA_LOG_LEVEL", "")
    if logs_json and level:
        logging.addLevelName(5, "TRACE")
        logging.root.setLevel({"TRACE": 5, "FATAL": "CRITICAL"}.get(level, level))


class LoggingFinder:
    """Sees the first import of `logging`, lets it happen, and sets the root logger up as AWS's runtime does."""

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec

        spec = find_spec(name)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            set_up_logging(module)

        spec.loader.exec_module = exec_module
        return spec


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def not_json(value):
    if type(value).__name__ == "Decimal" and type(value).__module__ == "decimal":
        return float(value)
    raise TypeError("Object of type {} is not JSON serializable".format(type(value).__name__))


# ── loading the handler ──────────────────────────────────────────────────────────────────────────────────────────────


def prepare_path():
    # The bootstrap's own folder is nobody's business.
    if sys.path and sys.path[0] == os.path.dirname(os.path.abspath(__file__)):
        sys.path.pop(0)
    version = "python%d.%d" % sys.version_info[:2]
    # AWS: the package first; layers and what the function itself names are in PYTHONPATH. Seen: Lambda guide, search path.
    sys.path.insert(0, task_root)
    # Without the `site` module, which takes longer than everything else here: what the machine has comes last.
    for prefix in {sys.prefix: None, sys.base_prefix: None, "/usr/local": None, "/usr": None}:
        if prefix in ("/usr", "/usr/local") and sys.base_prefix not in ("/usr", "/usr/local"):
            continue
        for folder in ("/lib/%s/site-packages" % version, "/lib/%s/dist-packages" % version, "/lib/python3/dist-packages"):
            if os.path.isdir(prefix + folder):
                sys.path.append(prefix + folder)


def load_handler(name):
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '{}': {}".format(name, error))
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault(
            "Runtime.BuiltInModuleConflict", "Cannot use built-in module {} as a handler module".format(module_name)
        )
    dotted = module_name.replace("/", ".")
    try:
        module = importlib.import_module(dotted)
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '{}': {}".format(module_name, error))
    except SyntaxError as error:
        place = '  File "{}" Line {}\n    {}'.format(error.filename, error.lineno, error.text)
        raise Fault("Runtime.UserCodeSyntaxError", "Syntax error in module '{}': {}".format(module_name, error), [place])
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", "Handler '{}' missing on module '{}'".format(function_name, module_name))


own_hosts = None
known_host = None


def know_host(domain_name):
    """Of a WebSocket event: the function will want to answer there."""
    global own_hosts, known_host
    endpoint = environ.get("AWS_ENDPOINT_URL")
    if domain_name == known_host or not isinstance(domain_name, str) or endpoint is None:
        return
    known_host = domain_name
    if own_hosts is None:
        import importlib.util

        # Beside this file, whatever modules the function has.
        file = os.path.join(os.path.dirname(os.path.abspath(__file__)), "own_hosts.py")
        spec = importlib.util.spec_from_file_location("stagegate_own_hosts", file)
        own_hosts = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(own_hosts)
    own_hosts.add(domain_name, endpoint)


def call(handler, event, context):
    try:
        event = loads(event)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: {}".format(error))
    if isinstance(event, dict):
        request_context = event.get("requestContext")
        if isinstance(request_context, dict) and "connectionId" in request_context:
            know_host(request_context.get("domainName"))
    value = handler(event, context)
    try:
        return dumps(value).encode("utf-8")
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: {}".format(error))


def invoke(handler, frame):
    global request_id
    invoke_id, deadline, trace, arn, client, event = frame.split(b"\n", 5)
    request_id = invoke_id.decode()
    if trace:
        environ["_X_AMZN_TRACE_ID"] = trace.decode()
    else:
        environ.pop("_X_AMZN_TRACE_ID", None)
    try:
        context = LambdaContext(request_id, int(deadline), arn.decode() or default_arn, read_client_context(client))
        answer = call(handler, event, context)
        if len(answer) > RESPONSE_BYTES_MAX:
            message = "Response payload size exceeded maximum allowed payload size ({} bytes).".format(RESPONSE_BYTES_MAX)
            fault = {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}
            return FAILED, dumps(fault).encode()
        return RETURNED, answer
    except Exception as error:
        described = error_of(error)
        log_error(described)
        # Without this the frames of the handler, and all they hold, would live until the next error.
        error.__traceback__ = None
        return FAILED, encode_error(described)


def encode_error(described):
    return dumps(described).encode("utf-8", "replace")


def main():
    prepare_path()
    sys.meta_path.insert(0, LoggingFinder())
    try:
        handler = load_handler(environ["_HANDLER"])
    except Exception as error:
        described = error_of(error)
        log_error(described)
        send(INIT_FAILED, encode_error(described))
        os._exit(1)
    send(READY, b"")
    while True:
        length = int.from_bytes(receive(4), "little")
        frame = receive(length)
        if frame[0] == INVOKE:
            send(*invoke(handler, frame[1:]))


# Behind a wrapper script the bootstrap is the last argument: what it is told stands in a variable.
default_arn = (environ.pop("STAGEGATE_BOOTSTRAP_ARGUMENTS", "") or sys.argv[-1]).split("\n")[0]
sys.argv[:] = ["/var/runtime/bootstrap.py"]
os.set_inheritable(CHANNEL, False)

import builtins
import importlib
import json
import time
from functools import partial
from resource import RUSAGE_SELF, getrusage

loads = json.loads
# AWS: text beyond ASCII is escaped up to Python 3.11. Seen: Lambda guide, "Python 3.12 runtime".
_ascii = environ.get("AWS_EXECUTION_ENV", "") in ["AWS_Lambda_python3.%d" % minor for minor in range(8, 12)]
dumps = partial(json.dumps, default=not_json, ensure_ascii=_ascii)

# The `site` module would make them.
builtins.exit = builtins.quit = sys.exit

if __name__ == "__main__":
    main()
