exports.ship = async ({ order }) => {
  if (typeof order !== 'number') throw new Error('a parcel without an order');
  return { order, tracking: `P-${order}` };
};

/** Gets the invocation record: what was asked and what came back. */
exports.shipped = async ({ responsePayload }) => console.log(`shipped as ${responsePayload.tracking}`);

exports.lost = async ({ requestPayload, responsePayload, requestContext }) =>
  console.log(`lost ${JSON.stringify(requestPayload)}: ${responsePayload.errorMessage} (${requestContext.condition})`);
