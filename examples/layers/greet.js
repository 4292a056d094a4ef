// Found in the layer's folder nodejs/node_modules.
const { greeting } = require('greeting');

exports.handler = async (event) => ({ message: greeting(event.pathParameters.name) });
