// SPDX-License-Identifier: MIT

// What Go makes of hellos and requests: server ADDRESS DIRECTORY. Says "PORT KIND NAME" for each name it takes.
package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
)

// As applications compare names: without case, port, and the dot of the root.
func kindOf(name string) string {
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	switch strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), ".") {
	case "dnl-01.blocked.example.com":
		return "prohibited"
	case "www.example.org":
		return "permitted"
	}
	return "default"
}

func say(remote, name string) {
	_, port, _ := net.SplitHostPort(remote)
	fmt.Println(port, kindOf(name), name)
}

func answer(w http.ResponseWriter, r *http.Request) {
	name := r.Host
	if r.TLS == nil {
		say(r.RemoteAddr, name)
	} else {
		name = r.TLS.ServerName
	}
	fmt.Fprintf(w, "page of %s\n", kindOf(name))
}

func main() {
	address, certificates := os.Args[1], map[string]*tls.Certificate{}
	for _, kind := range []string{"default", "prohibited", "permitted"} {
		file := os.Args[2] + "/" + kind + ".pem"
		pair, err := tls.LoadX509KeyPair(file, file)
		if err != nil {
			panic(err)
		}
		certificates[kind] = &pair
	}
	secure := &http.Server{Addr: address + ":443", Handler: http.HandlerFunc(answer), TLSConfig: &tls.Config{
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			say(hello.Conn.RemoteAddr().String(), hello.ServerName)
			return certificates[kindOf(hello.ServerName)], nil
		},
	}}
	go secure.ListenAndServeTLS("", "")
	panic(http.ListenAndServe(address+":80", http.HandlerFunc(answer)))
}
