import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { toolMain } from './toolMain';
import { makeUnicodeTables, unicodeTablesFile } from '../support/unicodeTables';

// npm run unicode
//
// Makes the table of scripts and confusable characters anew from the packages that carry Unicode's data. A unit test
// tells when it should have been run.

void toolMain(async () => {
  const tables = await makeUnicodeTables();
  const file = path.resolve(unicodeTablesFile);
  writeFileSync(file, await format(JSON.stringify(tables), { parser: 'json', printWidth: 110 }));
  console.log(
    `${file}: scripts of Unicode ${tables.scriptsVersion}, confusables of ${tables.confusablesVersion}`,
  );
  return 0;
});
