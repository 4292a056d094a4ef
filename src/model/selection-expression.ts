// A selection expression once it is parsed: plain data, part of plans. Evaluating one gives the key that selects a route, a model, a
// template or a response. Source: developer guide, "WebSocket selection expressions".

/** Where a piece of the key is read from. Of a WebSocket API the headers and the query string are those of the handshake. */
export type SelectionSource =
  /** `path` is a JSONPath that begins with `$`; absent: the whole body. */
  | { readonly source: 'requestBody' | 'responseBody'; readonly path?: string }
  | {
      readonly source:
        | 'requestHeader'
        | 'requestQuery'
        | 'context'
        | 'stageVariable'
        | 'responseHeader'
        /** Every value of the header, joined with commas. */
        | 'responseMultiValueHeader';
      readonly name: string;
    }
  /** The status code of the integration, as text. */
  | { readonly source: 'responseStatusCode' };

/** Text and sources, one after the other. */
export type SelectionExpression = readonly (string | SelectionSource)[];
