module.exports = { a: { b: 'from an object' } };
