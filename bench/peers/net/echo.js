// SPDX-License-Identifier: BSL-1.0
// Echo servers on Node.js. Options and output as those of bench/net/server.hpp.
'use strict';

const dgram = require('node:dgram');
const net = require('node:net');

function optionValue(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

function announce(port) {
  process.stdout.write(`port ${port}\n`);
}

if (process.argv.includes('--udp')) {
  const socket = dgram.createSocket({type: 'udp4', recvBufferSize: 1 << 20});
  socket.on('message', (data, peer) => socket.send(data, peer.port, peer.address, () => {}));
  socket.bind(0, '127.0.0.1', () => announce(socket.address().port));
  process.on('SIGTERM', () => process.exit(0));
} else {
  const path = optionValue('--unix');
  const server = net.createServer({noDelay: true}, (connection) => {
    connection.on('error', () => connection.destroy());
    connection.pipe(connection);
  });
  const where = path === undefined ? {port: 0, host: '127.0.0.1'} : {path};
  server.listen({...where, backlog: 4096}, () => announce(server.address().port ?? 0));
  process.on('SIGTERM', () => {
    server.close();  // removes the path
    process.exit(0);
  });
}
