import { quote, routeError, type Span } from './route-error.ts';

/** Where a route leads. */
export type RouteSink =
  | { readonly kind: 'upstream' }
  | { readonly kind: 'input'; readonly module: string; readonly input: string };

/** `$upstream`, in any case. */
export const isUpstream = (name: string): boolean => name.toLowerCase() === '$upstream';

/** `BrokeredEndpoint`, in any case. */
export const isBrokeredEndpoint = (name: string): boolean => name.toLowerCase() === 'brokeredendpoint';

/** Reads `/modules/{module}/inputs/{input}`. Slashes at both ends are optional; the words before the names are not compared. */
export function parseEndpoint(text: string, endpoint: string, span: Span): RouteSink {
  const [words, module, inputs, input, ...more] = endpoint.replace(/^\/|\/$/g, '').split('/');
  if (!words || !module || !inputs || !input || more.length > 0) {
    throw routeError('ROUTE_SYNTAX', text, span, {
      expected: 'an endpoint of the form "/modules/MODULE/inputs/INPUT"',
      got: endpoint === '' ? 'nothing' : quote(endpoint),
    });
  }
  return { kind: 'input', module, input };
}
