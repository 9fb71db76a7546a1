// SPDX-License-Identifier: MIT
// client.js URL NUMBER: so many connections, one after the other; a page each.
'use strict'
const [url, number] = process.argv.slice(2)
const library = require(url.startsWith('https') ? 'https' : 'http')

function next(left) {
  if (left === 0) return
  library.get(url, { agent: false, rejectUnauthorized: false }, response => {
    response.on('data', data => process.stdout.write(data))
    response.on('end', () => next(left - 1))
  }).on('error', problem => { console.log(`${problem}`); next(left - 1) })
}
next(Number(number))
