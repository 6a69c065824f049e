import { readFileSync } from 'node:fs';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { PROTO_FILES, PROTO_FOLDER } from '../src/proto.js';

interface Described {
  readonly format?: string;
  readonly type?: {
    readonly field?: readonly FieldDescription[];
    readonly value?: readonly { readonly name: string; readonly number: number }[];
  };
}
interface FieldDescription {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
  readonly proto3Optional?: boolean;
}

/** Each method, field and value, with what callers rely on. */
function promisesOf(definition: PackageDefinition): Readonly<Record<string, string>> {
  const promises = Object.entries(definition).flatMap(([name, entry]): [string, string][] => {
    const { format, type } = entry as Described;
    if (format?.includes('DescriptorProto') === true) {
      const fields = (type?.field ?? []).map((field): [string, string] => [
        `${name}.${field.name}`,
        `${String(field.number)} ${kindOf(field)}`,
      ]);
      const values = (type?.value ?? []).map((value): [string, string] => [
        `${name}.${value.name}`,
        String(value.number),
      ]);
      return [...fields, ...values];
    }
    return Object.entries(entry).map(
      ([method, { requestType, requestStream, responseType, responseStream }]) => {
        const nameOf = ({ type: described }: { type: object }) => (described as { name: string }).name;
        const asked = `${requestStream ? 'stream ' : ''}${nameOf(requestType)}`;
        return [`${name}/${method}`, `${asked} -> ${responseStream ? 'stream ' : ''}${nameOf(responseType)}`];
      },
    );
  });
  return Object.fromEntries(promises.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function kindOf({ label, type, typeName, proto3Optional = false }: FieldDescription): string {
  const many = label === 'LABEL_REPEATED' ? 'repeated ' : '';
  const kind = typeName === '' ? type.replace('TYPE_', '').toLowerCase() : typeName;
  return `${proto3Optional ? 'optional ' : many}${kind}`;
}

const definition = loadSync([...PROTO_FILES], { keepCase: true, includeDirs: [PROTO_FOLDER] });

describe('the .proto files', () => {
  it('keep every method, name, number and type that was ever given out', () => {
    // A line of the file may be added for what is new; none may be changed or taken away.
    const given = JSON.parse(readFileSync(`${PROTO_FOLDER}/field-numbers.json`, 'utf8')) as object;
    expect(promisesOf(definition)).toEqual(given);
  });

  it('would show a number that was changed', () => {
    const { 'sluice.v1.QueryRequest.query': query, 'sluice.v1.QueryService/QueryPages': pages } =
      promisesOf(definition);
    expect(query).toBe('1 bytes');
    expect(pages).toBe('QueryPagesRequest -> stream QueryPage');
  });
});
