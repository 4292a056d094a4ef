console.log('what it prints is nobody’s value');
export const word = async ({ resolveVariable }) => `${await resolveVariable("env:NAME, 'none'")}!`;
