import articles from '@shop/articles.json';
import { Currency, Money } from '@shop/money';

interface Request {
  readonly pathParameters: { readonly article: string };
}

const prices = new Map<string, number>(Object.entries(articles));

export async function handler({ pathParameters: { article } }: Request) {
  const price = prices.get(article);
  if (price === undefined) return { statusCode: 404, body: JSON.stringify({ message: `no article ${article}` }) };
  console.log('asked for', article);
  return { price: String(new Money(price, Currency.Euro)) };
}
