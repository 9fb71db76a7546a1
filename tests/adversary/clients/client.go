// SPDX-License-Identifier: MIT

// client URL NUMBER: so many connections, one after the other; a page each.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
)

func main() {
	number, _ := strconv.Atoi(os.Args[2])
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for i := 0; i < number; i++ {
		response, err := client.Get(os.Args[1])
		if err != nil {
			fmt.Println(err)
			continue
		}
		page, _ := io.ReadAll(response.Body)
		response.Body.Close()
		fmt.Print(string(page))
	}
}
