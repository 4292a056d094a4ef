// The function of the `lambda` scenario; Stagegate runs this very file too.
exports.hello = async (event) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: 'Hello from your function', path: event.rawPath }),
});
