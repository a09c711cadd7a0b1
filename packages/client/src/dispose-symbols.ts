/**
 * Safari has no `Symbol.asyncDispose` yet. Must be imported before every class that has such a method, because a computed
 * method name is evaluated where the class is: without this it would be the method `undefined`.
 */
for (const name of ['dispose', 'asyncDispose'] as const) {
  if (Symbol[name] === undefined) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}

export {};
