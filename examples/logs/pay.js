exports.handler = async (event) => {
  const amount = Number(event.pathParameters.amount);
  if (!(amount > 0)) {
    console.error('not an amount', { given: event.pathParameters.amount });
    return { statusCode: 400, body: JSON.stringify({ message: 'not an amount' }) };
  }
  console.log('paid', { amount });
  return { paid: amount };
};
