// Makes src/Attachments.Api/Http/Media/extensions.txt, which says of what media type a file of an extension is:
//   node build/media-types.mjs DIRECTORY > src/Attachments.Api/Http/Media/extensions.txt
// DIRECTORY holds the package mime-db, unpacked: facts that are collected from IANA, Apache and nginx.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.argv[2];
const read = name => JSON.parse(readFileSync(join(directory, name), 'utf8'));
const types = read('db.json');

// Where mime-db has an older name or nothing; all but Access's are registered at IANA.
const better = {
  'application/gzip': ['tgz'],
  'application/msaccess': ['accdb'],
  'application/vnd.apache.parquet': ['parquet'],
  'application/vnd.sqlite3': ['sqlite', 'sqlite3'],
  'application/yaml': ['yaml', 'yml'],
  'audio/flac': ['flac'],
  'audio/matroska': ['mka'],
  'image/heif': ['hif'],
  'image/jpeg': ['jfif', 'pjp', 'pjpeg'],
  'text/calendar': ['ical', 'icalendar'],
  'text/vcard': ['vcf'],
  'video/3gpp2': ['3gp2'],
  'video/matroska': ['mkv'],
  'video/matroska-3d': ['mk3d'],
};

// The best comes first: of the standards tree before a vendor's, personal and unregistered ones; IANA's before those of others; sound,
// fonts and videos before what they are made of; the shorter name. Bytes of no kind come last.
const facets = ['prs.', 'x-', 'x.', 'vnd.'];
const sources = ['nginx', 'apache', undefined, 'iana'];
const kinds = { application: 1, audio: 2, font: 2, video: 3 };

function rank(type) {
  const [kind, subtype] = type.split('/');
  const facet = facets.findIndex(prefix => subtype.startsWith(prefix));
  return [
    type !== 'application/octet-stream',
    facet < 0 ? facets.length : facet,
    sources.indexOf(types[type].source),
    kinds[kind] ?? 0,
    -type.length,
  ];
}

function isBetter(one, other) {
  const [ranks, others] = [rank(one), rank(other)];
  const first = ranks.findIndex((value, i) => value !== others[i]);
  return first >= 0 && ranks[first] > others[first];
}

const byExtension = {};
for (const [type, { extensions = [] }] of Object.entries(types)) {
  for (const extension of extensions) {
    if (!byExtension[extension] || isBetter(type, byExtension[extension])) {
      byExtension[extension] = type;
    }
  }
}

for (const [type, extensions] of Object.entries(better)) {
  for (const extension of extensions) {
    byExtension[extension] = type;
  }
}

const byType = {};
for (const [extension, type] of Object.entries(byExtension)) {
  (byType[type] ??= []).push(extension);
}

console.log(`# Made by build/media-types.mjs from mime-db ${read('package.json').version}: a media type, and the extensions of its files.`);
for (const type of Object.keys(byType).sort()) {
  console.log([type, ...byType[type].sort()].join(' '));
}
