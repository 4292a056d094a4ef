exports.list = async () => ({ statusCode: 200 });
exports.check = async () => ({});
