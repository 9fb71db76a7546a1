// SPDX-License-Identifier: MIT

// quic-client URL ADDRESS:PORT NUMBER: so many connections of HTTP/3, one after the other; a page each.
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"

	"github.com/lucas-clemente/quic-go"
	"github.com/lucas-clemente/quic-go/http3"
)

func main() {
	number, _ := strconv.Atoi(os.Args[3])
	for i := 0; i < number; i++ {
		tripper := &http3.RoundTripper{
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
			Dial: func(ctx context.Context, _ string, t *tls.Config, q *quic.Config) (quic.EarlyConnection, error) {
				return quic.DialAddrEarlyContext(ctx, os.Args[2], t, q)
			},
		}
		response, err := (&http.Client{Transport: tripper}).Get(os.Args[1])
		if err != nil {
			fmt.Println(err)
			continue
		}
		page, _ := io.ReadAll(response.Body)
		response.Body.Close()
		tripper.Close()
		fmt.Print(string(page))
	}
}
