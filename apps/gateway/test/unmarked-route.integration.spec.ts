import { Controller, Get, Module, Post } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '@sluice/service-kit';
import { type DataSource } from 'typeorm';
import { createIdentity } from '../src/create-identity.js';
import { GatewayModule } from '../src/gateway.module.js';
import { AllowedMethods } from '../src/http/allowed-methods.js';
import { createAdapter } from '../src/http/create-adapter.js';
import { ProblemFilter } from '../src/http/problem.filter.js';
import { Readiness } from '../src/operation/readiness.js';
import { RateLimits } from '../src/rate-limit/rate-limits.js';
import { startHarness, type Harness } from './gateway-harness.js';

/** What somebody may add one day, thinking of no token. */
@Controller('somewhere/else')
class ForgetfulController {
  @Get()
  list(): string {
    return 'secret';
  }

  @Post(':id')
  change(): string {
    return 'secret';
  }
}

@Module({ controllers: [ForgetfulController] })
class ForgetfulModule {}

describe('a route that nobody marked', () => {
  let harness: Harness;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    harness = await startHarness();
    const { config, bus, audit, store } = harness;
    const parts = { bus, audit, store, dataSource: undefined as unknown as DataSource };
    const logger = createLogger('test', 'silent');
    const limits = await RateLimits.create(config, logger);
    const gateway = GatewayModule.register(config, parts, {
      identity: await createIdentity(config, parts, logger),
      readiness: new Readiness({ name: 'test', notReady: () => Promise.resolve([]) }),
      limits,
    });
    const root = { module: ForgetfulModule, imports: [gateway] };
    app = await NestFactory.create<NestFastifyApplication>(root, createAdapter(config), {
      abortOnError: false,
      bodyParser: false,
      logger: false,
    });
    app.useGlobalFilters(new ProblemFilter(audit, limits.attempts, new AllowedMethods(), logger));
    await app.init();
  });
  afterAll(async () => {
    await app.close();
    await harness.stop();
  });

  it.each(['GET', 'HEAD'] as const)('wants a token: %s', async (method) => {
    const answer = await app.inject({ method, url: '/somewhere/else' });
    expect(answer.statusCode).toBe(401);
    expect(answer.body).not.toContain('secret');
    const authorization = `Bearer ${await harness.issuer.token()}`;
    expect(
      (await app.inject({ method, url: '/somewhere/else', headers: { authorization } })).statusCode,
    ).toBe(200);
  });

  it('wants it before it looks at a body', async () => {
    const headers = { 'content-type': 'text/odd' };
    const answer = await app.inject({ method: 'POST', url: '/somewhere/else/1', headers, payload: 'x' });
    expect(answer.statusCode).toBe(401);
  });

  it('is guarded by no middleware: none is bound to any path', () => {
    const modules = [...app.get(ModulesContainer).values()];
    expect(modules.length).toBeGreaterThan(1);
    // A module binds middleware to paths in `configure`.
    expect(modules.filter(({ instance }) => 'configure' in (instance as object))).toEqual([]);
  });
});
