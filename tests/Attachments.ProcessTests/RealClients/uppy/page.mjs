import Uppy from '@uppy/core';
import Tus from '@uppy/tus';

// The origin of this page can cut the line to the service, and heals it again.
const { target, token, set } = await (await fetch('/settings')).json();
const authorization = { Authorization: `Bearer ${token}` };
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

function makeFile(name, length, seed) {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = seed; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }

  return new File([bytes], name, { type: 'image/png', lastModified: 1 });
}

async function hash(file) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

function open(endpoint, options = {}) {
  const uppy = new Uppy({ autoProceed: false });
  uppy.use(Tus, {
    endpoint,
    chunkSize: 1_000_000,
    retryDelays: [200, 500, 1000, 2000],
    onBeforeRequest: request => request.setHeader('Authorization', authorization.Authorization),
    ...options,
  });
  return uppy;
}

const add = (uppy, file) => uppy.addFile({ name: file.name, type: file.type, data: file });

function passes(uppy, share) {
  return new Promise(resolve => uppy.on('upload-progress', (_, progress) => {
    if (progress.bytesUploaded >= share * progress.bytesTotal) {
      resolve();
    }
  }));
}

async function report(way, sent, files) {
  const failed = sent.failed.map(file => String(file.error));
  const done = await Promise.all(sent.successful.map(async file => {
    const url = file.uploadURL ?? file.response.uploadURL;
    const described = await (await fetch(url, { headers: authorization })).json();
    return { way, name: file.name, status: described.result?.status, location: described.result?.content_location };
  }));
  return { way, failed, done, hashes: await Promise.all(files.map(hash)) };
}

async function pausesAndResumes() {
  const file = makeFile('paused.png', 9_000_000, 1);
  const uppy = open(`${target}/v1/attachments/`);
  add(uppy, file);
  const half = passes(uppy, 0.3);
  const sent = uppy.upload();
  await half;
  uppy.pauseAll();
  await pause(500);
  uppy.resumeAll();
  return report('paused', await sent, [file]);
}

async function goesOffline() {
  const file = makeFile('offline.png', 9_000_000, 2);
  const uppy = open(`${target}/v1/attachments/`);
  add(uppy, file);
  const half = passes(uppy, 0.3);
  const sent = uppy.upload();
  await half;
  Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false });
  window.dispatchEvent(new Event('offline'));
  await fetch('/cut');
  await pause(700);
  await fetch('/heal');
  delete navigator.onLine;
  window.dispatchEvent(new Event('online'));
  return report('offline', await sent, [file]);
}

async function fillsASet() {
  const files = Array.from({ length: 12 }, (_, i) => makeFile(`item-${i}.png`, 700_000 + i, 10 + i));
  const uppy = open(`${target}${set}`, { limit: 4 });
  files.forEach(file => add(uppy, file));
  return report('set', await uppy.upload(), files);
}

// The page is left in the middle of this upload, and another goes on with it.
const reloaded = makeFile('reloaded.png', 9_000_000, 3);

async function leaves() {
  const uppy = open(`${target}/v1/attachments/`);
  add(uppy, reloaded);
  const half = passes(uppy, 0.3);
  uppy.upload();
  await half;
  location.replace('/?returned');
  await new Promise(() => {});
}

async function returns() {
  const uppy = open(`${target}/v1/attachments/`);
  add(uppy, reloaded);
  const offsets = [];
  uppy.on('upload-progress', (_, progress) => offsets.push(progress.bytesUploaded));
  const reported = await report('reloaded', await uppy.upload(), [reloaded]);
  return { ...reported, first: offsets.find(offset => offset > 0) };
}

let reports;
try {
  if (location.search === '') {
    const before = [await pausesAndResumes(), await goesOffline(), await fillsASet()];
    sessionStorage.setItem('reports', JSON.stringify(before));
    await leaves();
  }

  reports = [...JSON.parse(sessionStorage.getItem('reports')), await returns()];
} catch (error) {
  reports = [{ way: 'failed', failed: [String(error?.stack ?? error)], done: [], hashes: [] }];
}

await fetch('/report', { method: 'POST', body: JSON.stringify(reports) });
