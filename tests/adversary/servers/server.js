// SPDX-License-Identifier: MIT
// What Node's own modules make of hellos and requests: server.js ADDRESS,ADDRESS DIRECTORY. Says "PORT KIND NAME" for each name it takes.
'use strict'
const fs = require('fs'), http = require('http'), http2 = require('http2'), https = require('https'), tls = require('tls')

const [addresses, directory] = process.argv.slice(2)
const names = { 'dnl-01.blocked.example.com': 'prohibited', 'www.example.org': 'permitted' }
const pem = kind => fs.readFileSync(`${directory}/${kind}.pem`)
const contexts = {}
for (const kind of ['default', 'prohibited', 'permitted']) {
  contexts[kind] = tls.createSecureContext({ cert: pem(kind), key: pem(kind) })
}

// As applications compare names: without case, port, and the dot of the root.
const kindOf = name => names[String(name || '').trim().toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')] || 'default'
const say = (socket, name) => fs.writeSync(1, `${socket.remotePort} ${kindOf(name)} ${name || ''}\n`)

function answer(request, response) {
  const socket = request.socket || request.stream.session.socket
  const name = socket.encrypted ? socket.servername : request.headers[':authority'] || request.headers.host
  if (!socket.encrypted) say(socket, name)
  response.end(`page of ${kindOf(name)}\n`)
}

for (const address of addresses.split(',')) {
  const secure = https.createServer({
    cert: pem('default'), key: pem('default'),
    SNICallback: (name, done) => done(null, contexts[kindOf(name)]),
  }, answer)
  secure.on('secureConnection', socket => say(socket, socket.servername))
  secure.listen(443, address)
  http.createServer(answer).listen(80, address)
  http.createServer({ insecureHTTPParser: true }, answer).listen(8082, address)
  http2.createServer(answer).listen(8080, address)
}
process.on('uncaughtException', problem => process.stderr.write(`${problem}\n`))
