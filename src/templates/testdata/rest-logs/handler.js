exports.a = async () => ({ statusCode: 200, body: 'a' });
