import type { ScanRecord } from '../../../../shared/scan/record';
import { type RecordWriter, type RecordWriterContext, utcTime } from '../recordWriter';
import type { TemporaryFile } from '../temporaryFile';
import { RecordArtifacts } from './sarifArtifacts';
import { invocationOf } from './sarifNotifications';
import { resultsOf } from './sarifResults';
import { SarifRules } from './sarifRules';
import { sarifJson } from './sarifText';

/** Where the standard's own schema is published. */
const schemaUri =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/**
 * SARIF 2.1.0: one run, in which each scan is an invocation and each engine an extension of the tool. Scans of
 * files, folders and links are in it; those of networks, which find hosts rather than faults, are left out.
 *
 * Results are written as they come. Artifacts and invocations, lists of the same run, are put aside until then; the
 * tool with its rules, of which results name the places, comes last.
 */
export class SarifWriter implements RecordWriter {
  private readonly rules = new SarifRules();
  private readonly results: List;
  private readonly artifacts: List<TemporaryFile>;
  private readonly invocations: List<TemporaryFile>;
  private omitted = 0;

  constructor(private readonly context: RecordWriterContext) {
    const { file } = context;
    this.results = new List(file);
    this.artifacts = new List(file.aside());
    this.invocations = new List(file.aside());
  }

  begin(): void {
    const head = { $schema: schemaUri, version: '2.1.0' };
    const run = { columnKind: 'utf16CodeUnits', language: 'en-US' };
    this.context.file.write(`${open(head)},"runs":[${open(run)},"results":[`);
  }

  add(record: ScanRecord): boolean {
    if (record.kind === 'network') {
      this.omitted += 1;
      return false;
    }
    const artifacts = new RecordArtifacts(record, this.artifacts.count);
    // Also where nothing was found in it: a scan is told by what it looked at.
    artifacts.target();
    const context = { record, rules: this.rules, artifacts, invocationIndex: this.invocations.count };
    for (const result of resultsOf(context)) this.results.add(result);
    for (const artifact of artifacts.artifacts) this.artifacts.add(artifact);
    this.invocations.add(invocationOf(record));
    return true;
  }

  end(): void {
    const { file, request, exportedAt } = this.context;
    file.write('\n],"artifacts":[');
    file.append(this.artifacts.target);
    file.write('\n],"invocations":[');
    file.append(this.invocations.target);
    const tool = this.rules.tool(request.sentinelVersion);
    const properties = { exportedAt: utcTime(exportedAt), omittedRecords: this.omitted };
    file.write(`\n],${sarifJson({ tool, properties }).slice(1)}]}\n`);
  }
}

/** Elements of a JSON array, one to a line, without the brackets. */
class List<T extends Pick<TemporaryFile, 'write'> = Pick<TemporaryFile, 'write'>> {
  count = 0;

  constructor(readonly target: T) {}

  add(element: object): void {
    this.target.write(`${this.count === 0 ? '\n' : ',\n'}${sarifJson(element)}`);
    this.count += 1;
  }
}

/** An object to which more is added. */
function open(object: object): string {
  return sarifJson(object).slice(0, -1);
}
