// Writes records into a shared history and notes each that was acknowledged, as one window of several. Started again
// after it was killed, it goes on with the first that was not.
//   historyWriter.cjs FOLDER NOTES NAME COUNT WASM
import { appendFileSync, readFileSync } from 'node:fs';
import { loadHistoryDatabase } from '../../../../../src/services/history/database/openHistoryDatabase';
import { HistoryStore } from '../../../../../src/services/history/storage/historyStore';
import { systemClock } from '../../../../../src/shared/clock';
import { madeRecord } from '../../../support/scanRecords';
import { RecordingLogger } from '../../../support/recordingLogger';

const [, , folder = '', notes = '', name = '', count = '', wasm = ''] = process.argv;

function acknowledged(): number {
  try {
    return readFileSync(notes, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

async function main(): Promise<void> {
  const logger = new RecordingLogger();
  const store = await HistoryStore.open({
    folder,
    openDatabase: await loadHistoryDatabase({
      wasmBinary: readFileSync(wasm),
      onDamagedRow: (problem) => {
        process.stdout.write(`damaged row: ${problem}\n`);
      },
    }),
    clock: systemClock,
    logger,
    // Many folds, so that kills meet them.
    limits: { foldEntries: 8, foldIdleMs: 5 },
    onSetAside: ({ file, problem }) => {
      process.stdout.write(`set aside: ${problem} ${file}\n`);
    },
  });
  store.watch();
  process.stdout.write('ready\n');
  for (let index = acknowledged(); index < Number(count); index += 1) {
    const record = madeRecord({ id: `${name}-${index}`, target: `/srv/${name}/${index}` });
    const durability = await store.write([{ type: 'put', record }]);
    if (durability !== 'stored') process.stdout.write(`not stored: ${JSON.stringify(store.state)}\n`);
    else appendFileSync(notes, `${name}-${index}\n`);
  }
  await store.close();
}

void main();
