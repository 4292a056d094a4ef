interface Limits {
  most: number;
}
const limits: Limits = { most: 7 };
export { limits };
