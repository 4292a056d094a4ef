exports.handler = async (event) => {
  const name = event.pathParameters?.name ?? process.env.NAME;
  const text = `${process.env.GREETING}, ${name}`;
  return { message: process.env.SHOUT === 'true' ? text.toUpperCase() : text, limit: Number(process.env.LIMIT) };
};
