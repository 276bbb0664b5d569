// What our client is tested against is the real shape: the SDK that Jellyfin's own clients are made with talks to it, and the
// types it was generated with fit what comes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { Jellyfin } from '@jellyfin/sdk';
import { getAuthenticationApi } from '@jellyfin/sdk/lib/utils/api/authentication-api.js';
import { getSessionApi } from '@jellyfin/sdk/lib/utils/api/session-api.js';
import { getSystemApi } from '@jellyfin/sdk/lib/utils/api/system-api.js';
import { getUserApi } from '@jellyfin/sdk/lib/utils/api/user-api.js';
import { API_VERSION } from '@jellyfin/sdk/lib/versions.js';
import { WebSocket } from 'ws';

import { API_KEY, startServer, until } from './server.mjs';

globalThis.WebSocket = WebSocket; // Node has none of its own before 22

let server;
let nobody;
let keyed;
let person;
let sdk;

before(async () => {
  server = await startServer();
  sdk = (device) => new Jellyfin({ clientInfo: { name: 'Nightjar\'s "tests"', version: '1.0' }, deviceInfo: { name: device, id: `id of ${device}` } });
  nobody = sdk('nobody').createApi(server.url);
  keyed = sdk('keyed').createApi(server.url, API_KEY);
  const login = await getAuthenticationApi(nobody).authenticateUserByName({ authenticateUserByName: { Username: 'ada', Pw: 'secret' } });
  assert.equal(login.data.User.Name, 'ada');
  person = sdk('ada at her desk').createApi(server.url, login.data.AccessToken);
});
after(async () => {
  for (const api of [keyed, person]) api?.webSocket?.disconnect();
  await server?.stop();
});

test('the SDK finds the server and has nothing against it but its age', async () => {
  const [found] = await sdk('finder').discovery.getRecommendedServers([server.url]);
  assert.equal(found.systemInfo.ServerName, 'Attic');
  assert.deepEqual(found.issues.map((issue) => issue.constructor.name), ['VersionOutdatedIssue']);
  const young = await startServer('--server-version', API_VERSION);
  try {
    const [great] = await sdk('finder').discovery.getRecommendedServers([young.url]);
    assert.deepEqual(great.issues, []);
  } finally {
    await young.stop();
  }
});

test('what is for everybody is told to everybody, and the rest to nobody without a key', async () => {
  const known = await getSystemApi(nobody).getPublicSystemInfo();
  assert.equal(known.data.ProductName, 'Jellyfin Server');
  assert.deepEqual((await getUserApi(nobody).getPublicUsers()).data, []);
  for (const api of [nobody, sdk('eve').createApi(server.url, 'wrong')]) {
    for (const ask of [() => getSystemApi(api).getSystemInfo(), () => getUserApi(api).getUsers(), () => getSessionApi(api).getSessions()]) {
      await assert.rejects(ask, (error) => error.response?.status === 401);
    }
  }
  await assert.rejects(() => getAuthenticationApi(nobody).authenticateUserByName({ authenticateUserByName: { Username: 'ada', Pw: 'guess' } }), (error) => error.response?.status === 401);
});

test('with a key it tells who has an account and who is connected', async () => {
  assert.equal((await getSystemApi(keyed).getSystemInfo()).data.Id, (await getSystemApi(nobody).getPublicSystemInfo()).data.Id);
  const users = (await getUserApi(keyed).getUsers()).data;
  assert.deepEqual(users.map((user) => user.Name), ['ada', 'bob']);
  assert.equal((await getUserApi(keyed).getUserById({ userId: users[1].Id })).data.Name, 'bob');
  assert.equal((await getUserApi(person).getCurrentUser()).data.Name, 'ada');
  const sessions = (await getSessionApi(keyed).getSessions()).data;
  assert.deepEqual(new Set(sessions.map((session) => session.DeviceName)), new Set(['Living room', 'Firefox', 'ada at her desk']));
  assert.equal(sessions.find((session) => session.DeviceName === 'Living room').NowPlayingItem.Name, 'The Sky at Night');
});

test('a client that plays is seen to play, over REST and over the WebSocket', async () => {
  const pushed = [];
  const kept = [];
  keyed.subscribe(['Sessions'], (message) => pushed.push(message));
  keyed.subscribe(['KeepAlive'], (message) => kept.push(message));
  await until(() => kept.length > 0, 'an answer to the sign of life that ForceKeepAlive asks for');
  const mine = (sessions) => sessions.find((session) => session.DeviceId === 'id of ada at her desk');
  await getSessionApi(person).postFullCapabilities({ clientCapabilitiesDto: { PlayableMediaTypes: ['Video'], SupportsMediaControl: true } });
  const playing = getSessionApi(person);
  const item = '0123456789abcdef0123456789abcdef';
  await playing.reportPlaybackStart({ playbackStartInfo: { ItemId: item, PlayMethod: 'DirectPlay' } });
  await until(() => pushed.some(({ Data }) => mine(Data).NowPlayingItem?.Id === item), 'a push of what is played');
  await playing.reportPlaybackProgress({ playbackProgressInfo: { ItemId: item, IsPaused: true, PositionTicks: 70_000_000 } });
  const paused = await until(() => pushed.map(({ Data }) => mine(Data)).find((session) => session.PlayState.IsPaused), 'a push of the pause');
  assert.equal(paused.PlayState.PositionTicks, 70_000_000);
  assert.equal(mine((await getSessionApi(keyed).getSessions()).data).PlayState.IsPaused, true);
  await playing.reportPlaybackStopped({ playbackStopInfo: { ItemId: item } });
  await until(() => !mine(pushed.at(-1).Data).NowPlayingItem, 'a push of the stop');
});

test('a user who is removed is told so, and nobody else', async () => {
  const told = { bob: [], keyed: [] };
  const login = await getAuthenticationApi(nobody).authenticateUserByName({ authenticateUserByName: { Username: 'bob', Pw: 'secret' } });
  const bob = sdk('bob').createApi(server.url, login.data.AccessToken);
  bob.subscribe(['UserDeleted'], (message) => told.bob.push(message.Data));
  keyed.subscribe(['UserDeleted'], (message) => told.keyed.push(message.Data));
  await until(async () => (await server.control('state')).counts.sockets_open >= 2, 'both WebSockets');
  await server.control('users', { remove: login.data.User.Id });
  await until(() => told.bob.length > 0, 'the message');
  assert.deepEqual(told, { bob: [login.data.User.Id], keyed: [] });
  bob.webSocket.disconnect();
});

test('the SDK comes back by itself when its WebSocket was broken', async () => {
  const seen = [];
  keyed.subscribe(['Sessions'], (message) => seen.push(message));
  await server.control('sockets', {});
  const before = (await server.control('state')).counts.sockets;
  await until(async () => (await server.control('state')).counts.sockets > before, 'another connection');
  await server.control('users', { add: 'eve' });
  const couch = (await getSessionApi(keyed).getSessions()).data[0];
  await until(async () => {
    await server.control('sessions', { play: couch.Id, item: 'Brazil' });
    return seen.some(({ Data }) => Data.some((session) => session.NowPlayingItem?.Name === 'Brazil'));
  }, 'pushes go on');
});

test('every answer fits the types of the SDK, member for member', async () => {
  const message = { MessageId: '00000000000000000000000000000001', MessageType: 'Sessions', Data: (await getSessionApi(keyed).getSessions()).data };
  const values = [
    ['PublicSystemInfo', (await getSystemApi(nobody).getPublicSystemInfo()).data],
    ['SystemInfo', (await getSystemApi(keyed).getSystemInfo()).data],
    ['UserDto[]', (await getUserApi(keyed).getUsers()).data],
    ['SessionInfoDto[]', message.Data],
    ['SessionsMessage', message],
  ];
  assert.ok(values[2][1].length > 0 && message.Data.some((session) => session.NowPlayingItem), 'there is something to check');
  const check = async (name, declared) => {
    const source = `import type { PublicSystemInfo, SessionInfoDto, SessionsMessage, SystemInfo, UserDto } from '@jellyfin/sdk/lib/generated-client/models/index.js';\n` +
      declared.map(([type, value], i) => `export const value${i}: ${type} = ${JSON.stringify(value)};\n`).join('');
    await writeFile(name, source);
    try {
      await promisify(execFile)('npx', ['tsc', '--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2022', name]);
      return '';
    } catch (error) {
      return error.stdout || String(error);
    } finally {
      await rm(name);
    }
  };
  assert.equal(await check('answers.check.ts', values), '');
  const misspelt = await check('misspelt.check.ts', [['UserDto[]', [{ ...values[2][1][0], Nmae: 'ada' }]], ['SessionInfoDto', { PlayState: { IsPaused: 'no' } }]]);
  assert.match(misspelt, /Nmae/, 'a member that is not there is found');
  assert.match(misspelt, /IsPaused|boolean/, 'and a wrong type');
});
