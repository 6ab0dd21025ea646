// A child of Sentinel's own kind: says that it is ready, repeats each line in capitals, ends with its stdin.
process.stdout.write(`child ${process.pid}\n`);
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  process.stdout.write(text.toUpperCase());
});
process.stdin.on('end', () => {
  process.exit(0);
});
