module.exports = async ({ options, resolveVariable }) => ({
  prefix: `${await resolveVariable('self:service')}-${options.stage}-${await resolveVariable('aws:region')}`,
});
