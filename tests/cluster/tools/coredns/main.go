// CoreDNS with the five plugins that the test cluster's Corefile names. All of its plugins would take six times as long
// to compile, because they bring the clients of three clouds.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/reload"
)

// Directives are in the order in which CoreDNS itself runs these plugins.
func init() {
	dnsserver.Directives = []string{"reload", "ready", "errors", "cache", "kubernetes"}
}

func main() {
	coremain.Run()
}
