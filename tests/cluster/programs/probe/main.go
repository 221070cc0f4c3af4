// Probe is the program inside test pods: it serves HTTP, fetches a URL, looks up a name, or sleeps.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

const usage = "probe serve ADDRESS | get URL | lookup NAME | sleep DURATION"

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: %s", usage))
	}
	if err := act(os.Args[1], os.Args[2]); err != nil {
		fail(err)
	}
}

func act(verb, argument string) error {
	switch verb {
	case "serve":
		return serve(argument)
	case "get":
		return get(argument)
	case "lookup":
		addresses, err := net.LookupHost(argument)
		fmt.Println(addresses)
		return err
	case "sleep":
		duration, err := time.ParseDuration(argument)
		time.Sleep(duration)
		return err
	}
	return fmt.Errorf("no such verb %q; usage: %s", verb, usage)
}

func serve(address string) error {
	name, err := os.Hostname()
	if err != nil {
		return err
	}
	http.HandleFunc("/", func(response http.ResponseWriter, _ *http.Request) { fmt.Fprintln(response, name) })
	return http.ListenAndServe(address, nil)
}

func get(url string) error {
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
