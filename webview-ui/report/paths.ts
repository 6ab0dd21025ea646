/** A path inside of a folder without the folder; any other as it is. */
export function relativePath(folder: string, path: string): string {
  if (folder === '' || !path.startsWith(folder)) return path;
  const rest = path.slice(folder.length);
  if (/[\\/]$/.test(folder)) return rest || path;
  return /^[\\/]./.test(rest) ? rest.slice(1) : path;
}
