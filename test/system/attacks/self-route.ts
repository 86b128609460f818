/** A route from an output of a module to its own input `in`. */
export function selfRoute(module: string, output: string, condition?: string): string {
  const where = condition === undefined ? '' : ` WHERE ${condition}`;
  return `FROM /messages/modules/${module}/outputs/${output}${where} INTO BrokeredEndpoint("/modules/${module}/inputs/in")`;
}
