import type { ModelVersion } from '../../../core/contracts/api.ts';
import { commentText, propertyName, stringLiteral } from './literals.ts';

type Tensor = ModelVersion['signature']['inputs'][number];
type Dimension = Tensor['shape'][number];
type Datatype = Tensor['datatype'];

/** A longer tuple is never written by hand, and nothing that a program makes would be one. */
const TUPLE_LIMIT = 20;

const isWide = (datatype: Datatype): boolean => datatype === 'INT64' || datatype === 'UINT64';

function received(datatype: Datatype): string {
  if (datatype === 'BYTES') return 'string';
  if (datatype === 'BOOL') return 'boolean';
  return isWide(datatype) ? 'bigint' : 'number';
}

/** A small number need not be written as a bigint. */
const sent = (datatype: Datatype): string => (isWide(datatype) ? 'bigint | number' : received(datatype));

const parenthesized = (type: string): string => (/[ |]/.test(type) && !type.startsWith('Tuple<') ? `(${type})` : type);

const nested = (shape: readonly Dimension[], element: string): string =>
  shape.reduceRight<string>(
    (inner, size) =>
      typeof size === 'number' && size <= TUPLE_LIMIT
        ? `Tuple<${inner}, ${size}>`
        : `readonly ${parenthesized(inner)}[]`,
    element,
  );

/** What one row has of a tensor: `[N, 1]` has one value a row. */
function cell({ shape, anyRank }: Tensor, element: string): string {
  if (anyRank) return `Nested<${element}>`;
  const inner = shape.slice(1);
  return inner.length === 1 && inner[0] === 1 ? element : nested(inner, element);
}

const describe = ({ datatype, shape, anyRank }: Tensor): string =>
  commentText(`${datatype} ${anyRank ? 'of any shape' : `[${shape.map((size) => size ?? '?').join(', ')}]`}`);

const member = (name: string, type: string): string => `  readonly ${propertyName(name)}: ${type};`;

const described = (tensor: Tensor, type: string): string =>
  `  /** ${describe(tensor)} */\n${member(tensor.name, type)}`;

const declaration = (comment: string, name: string, members: readonly string[]): string =>
  [`/** ${comment} */`, `export interface ${name} {`, ...members, '}'].join('\n');

const literals = (values: readonly (string | number)[]): string[] =>
  values.map((value) => (typeof value === 'string' ? stringLiteral(value) : String(value)));

/** What stands between the model marks of the template. */
export function writeModel({ service, version, sha256, signature, classLabels = {} }: ModelVersion): string {
  const { inputs, outputs } = signature;
  const labelled = Object.entries(classLabels).filter(([, labels]) => labels.length > 0);
  return [
    '/** Which version this client was made from. */',
    `export const MADE_FROM = { service: ${stringLiteral(service)}, version: ${version}, sha256: ${stringLiteral(sha256)} } as const;`,
    '',
    declaration(
      'The inputs of `infer`.',
      'Inputs',
      inputs.map((input) => described(input, inputType(input))),
    ),
    '',
    declaration(
      'The outputs of `infer`.',
      'Outputs',
      outputs.map((output) => described(output, `Output<${received(output.datatype)}>`)),
    ),
    '',
    ...(labelled.length === 0
      ? []
      : [
          declaration(
            'The class labels of an output, in the order of its columns.',
            'ClassLabels',
            labelled.map(([output, labels]) => member(output, literals(labels).join(' | '))),
          ),
          '',
        ]),
    'const INPUTS: readonly InputSpec[] = [',
    ...inputs.map(
      (input) => `  { name: ${stringLiteral(input.name)}, datatype: '${input.datatype}'${shapeOf(input)} },`,
    ),
    '];',
    '',
    'const OUTPUTS: readonly OutputSpec[] = [',
    ...outputs.map((output) => {
      const labels = columnLabels(output, classLabels);
      const stated = labels ? `, labels: [${literals(labels).join(', ')}]` : '';
      return `  { name: ${stringLiteral(output.name)}, datatype: '${output.datatype}'${stated} },`;
    }),
    '];',
  ].join('\n');
}

function inputType({ datatype, shape, anyRank }: Tensor): string {
  const element = sent(datatype);
  return `${anyRank ? `Nested<${element}>` : nested(shape, element)} | Flat<${element}>`;
}

const shapeOf = ({ shape, anyRank }: Tensor): string =>
  anyRank ? '' : `, shape: [${shape.map((size) => (typeof size === 'number' ? size : 'null')).join(', ')}]`;

/** The class labels of an output's columns, where there is one for each. */
const columnLabels = ({ name, shape }: Tensor, classLabels: NonNullable<ModelVersion['classLabels']>) => {
  const labels = Object.hasOwn(classLabels, name) ? classLabels[name] : undefined;
  return shape.length === 2 && shape[1] === labels?.length ? labels : undefined;
};

/** What stands between the row marks of the template; undefined where rows cannot be told apart. */
export function writeRows(version: ModelVersion): string | undefined {
  if (!answersByRow(version)) return undefined;
  const { signature, classLabels = {} } = version;
  const prediction = signature.outputs.map((output) => {
    const element = received(output.datatype);
    const type = columnLabels(output, classLabels)
      ? `Readonly<Record<ClassLabels[${stringLiteral(output.name)}], ${element}>>`
      : cell(output, element);
    return described(output, type);
  });
  return [...writeRow(version), '', declaration('What `predict` answers for one row.', 'Prediction', prediction)].join(
    '\n',
  );
}

function writeRow(version: ModelVersion): string[] {
  const { inputs } = version.signature;
  const [only, ...others] = inputs;
  const comment = 'One row for `predict`.';
  if (only === undefined || others.length > 0) {
    const members = inputs.map((input) => described(input, cell(input, sent(input.datatype))));
    return [declaration(comment, 'Row', members), '', "const ROW: RowSpec = { kind: 'inputs' };"];
  }
  const features = featureNames(version, only);
  if (features === undefined) {
    return [
      `/** One row for \`predict\`, of ${describe(only)}. */`,
      `export type Row = ${cell(only, sent(only.datatype))};`,
      '',
      "const ROW: RowSpec = { kind: 'value' };",
    ];
  }
  const members = features.map((name) => member(name, sent(only.datatype)));
  return [
    declaration(
      `One row for \`predict\`: the features of ${commentText(only.name)}, ${describe(only)}.`,
      'Row',
      members,
    ),
    '',
    'const ROW: RowSpec = {',
    "  kind: 'features',",
    '  features: [',
    ...features.map((name) => `    ${stringLiteral(name)},`),
    '  ],',
    '};',
  ];
}

/** Whether every input and every output has an entry for each row. */
function answersByRow({ signature: { inputs, outputs } }: ModelVersion): boolean {
  const tensors = [...inputs, ...outputs];
  const counts = new Set(tensors.map(({ shape }) => shape[0]).filter((size) => typeof size === 'number'));
  const hasRows = tensors.every(({ shape, anyRank }) => !anyRank && shape.length > 0);
  // A fixed number of rows beside a free one is a total, not a row.
  const allFixed = tensors.every(({ shape }) => typeof shape[0] === 'number');
  return inputs.length > 0 && hasRows && (counts.size === 0 || (counts.size === 1 && allFixed));
}

/** The names in the model's metadata, where they are as many as the columns of its only input. */
function featureNames({ metadata }: ModelVersion, { shape }: Tensor): string[] | undefined {
  const names = parseNames(metadata['feature_names']);
  const fit = shape.length === 2 && names?.length === shape[1] && new Set(names).size === names?.length;
  return fit ? names : undefined;
}

function parseNames(text: string | undefined): string[] | undefined {
  try {
    const names: unknown = JSON.parse(text ?? 'null');
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    // Whoever exported the model wrote something else there.
    return undefined;
  }
}
