// Uploads a file in every way that tus-js-client knows, and prints a line of JSON for each upload: the way, its URL, and the digest and length of
// what was sent.
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import * as tus from 'tus-js-client';

const [endpoint, token, protocol] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${token}` };
const chunkSize = 1_000_000;
const file = () => randomBytes(3 * chunkSize + 7);

function send(content, options) {
    return new Promise((resolve, reject) => {
        const upload = new tus.Upload(content, {
            endpoint, headers, protocol, retryDelays: null, metadata: { filename: 'é.bin', filetype: 'application/x-test' },
            ...options,
            onSuccess: () => resolve(upload),
            onError: reject,
        });
        upload.start();
    });
}

function print(way, bytes, upload) {
    console.log(JSON.stringify({ way, url: upload.url, sha256: createHash('sha256').update(bytes).digest('hex'), length: bytes.length }));
}

async function whole(way, options, bytes = file()) {
    print(way, bytes, await send(bytes, options));
}

async function deferred() {
    const bytes = file();
    const upload = await send(Readable.from([bytes.subarray(0, 1_500_000), bytes.subarray(1_500_000)]), { chunkSize, uploadLengthDeferred: true });
    print('deferred', bytes, upload);
}

// Aborted in the middle of the second chunk, and gone on with by another that knows the URL only.
async function resumed() {
    const bytes = file();
    const url = await new Promise((resolve, reject) => {
        const upload = new tus.Upload(bytes, {
            endpoint, headers, protocol, chunkSize, retryDelays: null,
            onChunkComplete: () => upload.abort().then(() => resolve(upload.url), reject),
            onError: reject,
        });
        upload.start();
    });
    print('resumed', bytes, await send(bytes, { uploadUrl: url, chunkSize }));
}

async function terminated() {
    const url = await new Promise((resolve, reject) => {
        const upload = new tus.Upload(file(), {
            endpoint, headers, protocol, chunkSize, retryDelays: null,
            onChunkComplete: () => upload.abort(true).then(() => resolve(upload.url), reject),
            onError: reject,
        });
        upload.start();
    });
    console.log(JSON.stringify({ way: 'terminated', url }));
}

await whole('one request', {});
await whole('chunks', { chunkSize });
await whole('large chunks', { chunkSize: 5 * chunkSize });
await whole('data during creation', { uploadDataDuringCreation: true, chunkSize });
await whole('method override', { overridePatchMethod: true, chunkSize });
await whole('empty', {}, Buffer.alloc(0));
await deferred();
await resumed();
await terminated();
