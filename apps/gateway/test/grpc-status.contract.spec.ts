import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { ERROR_CODES, isErrorCode } from '@sluice/contracts';
import { GRPC_STATUS, grpcStatusOf } from '../src/grpc/grpc-status.js';

const page = readFileSync(join(__dirname, '../../../docs/grpc.md'), 'utf8');
const rows = [...page.matchAll(/^\| ([\d, ]+?) +\| `([A-Z_]+)` +\|(.*)\|$/gm)];

describe('the table of statuses', () => {
  it('says the same in the docs as in the code', () => {
    const told = rows.flatMap(([, http = '', name]) => http.split(', ').map((code) => [Number(code), name]));
    const known = Object.entries(GRPC_STATUS).map(([http, code]) => [Number(http), status[code]]);
    expect(new Map(told as [])).toEqual(new Map(known as []));
  });

  it('names examples that have these statuses, and leaves no code of the register without one', () => {
    for (const [, , name, examples = ''] of rows) {
      const codes = [...examples.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code).filter(isErrorCode);
      expect(new Set(codes.map((code) => status[grpcStatusOf(code)]))).toEqual(
        new Set(codes.length === 0 ? [] : [name]),
      );
    }
    const all = Object.keys(ERROR_CODES).filter(isErrorCode);
    expect(all.filter((code) => grpcStatusOf(code) === undefined)).toEqual([]);
  });
});
