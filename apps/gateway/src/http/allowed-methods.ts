/** Knows which methods each route answers to, so that a wrong method can be told from a wrong path. */
export class AllowedMethods {
  private readonly routes: {
    readonly template: string;
    readonly pattern: RegExp;
    readonly methods: Set<string>;
  }[] = [];

  /** @param template a route as Fastify writes it; a `:name` stands for one part, `*` for the rest */
  add(template: string, methods: string | readonly string[]): void {
    let route = this.routes.find((known) => known.template === template);
    if (route === undefined) {
      route = { template, pattern: patternOf(template), methods: new Set() };
      this.routes.push(route);
    }
    for (const method of [methods].flat()) route.methods.add(method);
  }

  /** Methods that some route at this path answers to, sorted; empty when there is none. */
  of(path: string): readonly string[] {
    const found = this.routes
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods }) => [...methods]);
    return [...new Set(found)].sort();
  }

  /** All routes, for comparing them with what is documented. */
  templates(): readonly { readonly template: string; readonly methods: readonly string[] }[] {
    return this.routes.map(({ template, methods }) => ({ template, methods: [...methods].sort() }));
  }
}

function patternOf(template: string): RegExp {
  const source = template
    .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll(/:\w+/g, '[^/]+');
  return new RegExp(`^${source}$`);
}
