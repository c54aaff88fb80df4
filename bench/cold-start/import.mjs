// Loads one bundle as Lambda does at a cold start, and prints the processor time that took, in milliseconds.
import { pathToFileURL } from 'node:url';

const { href } = pathToFileURL(process.argv[2] ?? '');
const before = process.cpuUsage();
await import(href);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1000));
