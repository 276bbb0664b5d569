// What Nightjar's hub is measured beside: the same job on Node with `ws`, as its own documentation shows broadcasts and heartbeats.
import { WebSocket, WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/hub', maxPayload: 1 << 20 });

server.on('connection', (socket) => {
  socket.alive = true;
  socket.on('pong', () => { socket.alive = true; });
  socket.on('message', (data, isBinary) => {
    socket.send(data, { binary: isBinary });
    for (const other of server.clients) {
      if (other !== socket && other.readyState === WebSocket.OPEN) other.send(data, { binary: isBinary });
    }
  });
});

setInterval(() => {
  for (const socket of server.clients) {
    if (!socket.alive) { socket.terminate(); continue; }
    socket.alive = false;
    socket.ping();
  }
}, 5000);

server.on('listening', () => console.log(`ready ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
