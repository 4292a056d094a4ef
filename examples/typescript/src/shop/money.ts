export enum Currency {
  Euro = 'EUR',
  Yen = 'JPY',
}

/** An amount that knows its currency. */
export class Money {
  constructor(
    private readonly amount: number,
    readonly currency: Currency,
  ) {}

  toString(): string {
    return `${this.amount.toFixed(this.currency === Currency.Yen ? 0 : 2)} ${this.currency}`;
  }
}
