// The hub by a WebSocket client that others wrote: Node's `ws`, with all its checks.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { Program } from "./harness.mjs";

let program;
before(async () => (program = await Program.start()));
after(async () => {
  await program.kill();
  program.forget();
});

async function guest() {
  const socket = new WebSocket(`ws://127.0.0.1:${program.port}/hub`);
  const heard = [];
  let wake = () => {};
  socket.on("message", (data, isBinary) => {
    heard.push(isBinary ? data : data.toString());
    wake();
  });
  await once(socket, "open");
  socket.hears = async (count) => {
    while (heard.length < count) await new Promise((resolve) => (wake = resolve));
    return heard;
  };
  return socket;
}

test("text and binary come back to the sender and to all others", async () => {
  const guests = await Promise.all([guest(), guest(), guest()]);
  const large = Buffer.alloc(1 << 20, 7);
  guests[0].send("grüße");
  guests[0].send(Buffer.from([0, 255]));
  guests[0].send(large);
  for (const one of guests) assert.deepEqual(await one.hears(3), ["grüße", Buffer.from([0, 255]), large]);
  for (const one of guests) {
    one.close(1000, "done");
    assert.deepEqual((await once(one, "close")).map(String), ["1000", "done"]);
  }
});

test("fragments, pings and their pongs", async () => {
  const one = await guest();
  one.send("in ", { fin: false });
  one.ping("are you there?");
  one.send("two", { fin: true });
  assert.equal(String((await once(one, "pong"))[0]), "are you there?");
  assert.deepEqual(await one.hears(1), ["in two"]);
  const [ping] = await once(one, "ping"); // the hub's own, after 5 s
  assert.equal(ping.length, 0);
  one.terminate();
});

test("a message past the limit is 1009", async () => {
  const one = await guest();
  one.send(Buffer.alloc((1 << 20) + 1));
  assert.equal((await once(one, "close"))[0], 1009);
});
