// SPDX-License-Identifier: MIT

// quic-server PORT CERTIFICATE KEY [retry]: a page of HTTP/3 by quic-go, at all addresses; with retry each client has to prove its own.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/lucas-clemente/quic-go"
	"github.com/lucas-clemente/quic-go/http3"
)

func main() {
	retry := len(os.Args) > 4
	server := http3.Server{
		Addr:       ":" + os.Args[1],
		QuicConfig: &quic.Config{RequireAddressValidation: func(net.Addr) bool { return retry }},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintln(w, "page of permitted")
		}),
	}
	fmt.Fprintln(os.Stderr, server.ListenAndServeTLS(os.Args[2], os.Args[3]))
	os.Exit(1)
}
