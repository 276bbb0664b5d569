// A metrics server upon the npm package ws, which behaves as the path of the request says:
//   /metrics         sends metrics five times a second to whoever brings ?token=let-me-in, closes others with 1008
//   /close/CODE      sends metrics once, then closes with that code; 1006 breaks the connection instead
//   /refuse/STATUS   answers the handshake with that status
//   /hang            never answers the handshake
//   /garbage         sends texts and bytes that are no metrics, then metrics
//   /broken          sends metrics, then bytes that are no frame
//   /midframe        sends metrics, then half a frame, and drops the connection
// Prints {"port"} and then a line for each thing that happens: {"at" (ms), "event", "path", ...}.
import http from 'node:http';
import { WebSocketServer } from 'ws';

const say = (event, path, more = {}) => console.log(JSON.stringify({ at: performance.now(), event, path, ...more }));
const metrics = () => JSON.stringify({ cpu_percent: 12.5, memory_percent: 40, at: Date.now() });

const behaviours = {
  metrics(socket, _, url) {
    if (url.searchParams.get('token') !== 'let-me-in') return socket.close(1008, 'Authentication failed');
    socket.send(metrics());
    const timer = setInterval(() => socket.send(metrics()), 200);
    socket.on('close', () => clearInterval(timer));
  },
  close(socket, code) {
    socket.send(metrics());
    setTimeout(() => (code === '1006' ? socket.terminate() : socket.close(Number(code), 'as asked')), 200);
  },
  garbage(socket) {
    socket.send('}not json{');
    socket.send(Buffer.from([0, 255, 254]));
    socket.send('[[[[[['.repeat(2000));
    socket.send('"a text"');
    setTimeout(() => socket.send(metrics()), 500);
  },
  broken(socket) {
    socket.send(metrics());
    setTimeout(() => socket._socket.write(Buffer.from([0xff, 0xff, 0, 1, 2, 3])), 200);
  },
  midframe(socket) {
    socket.send(metrics());
    setTimeout(() => {
      socket._socket.write(Buffer.concat([Buffer.from([0x81, 126, 0x10, 0]), Buffer.from('{"cpu_per')]));
      setTimeout(() => socket._socket.destroy(), 100);
    }, 200);
  },
};

const server = http.createServer((_, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, stream, head) => {
  const url = new URL(request.url, 'http://localhost');
  const [, what, argument] = url.pathname.split('/');
  say('handshake', url.pathname);
  stream.on('error', () => {});
  if (what === 'hang') return;
  if (what === 'refuse') return void stream.end(`HTTP/1.1 ${argument} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  sockets.handleUpgrade(request, stream, head, (socket) => {
    socket.on('error', () => {});
    socket.on('message', (data) => say('message', url.pathname, { type: JSON.parse(data).type }));
    socket.on('close', (code) => say('closed', url.pathname, { code }));
    behaviours[what](socket, argument, url);
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
