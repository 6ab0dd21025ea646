import { packageVsix } from './packaging';
import { toolMain } from './toolMain';

void toolMain(async () => {
  const { path, sizeMB } = await packageVsix();
  console.log(`${path} (${sizeMB.toFixed(2)} MB)`);
  return 0;
});
