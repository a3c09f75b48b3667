package issuer

import "sync"

// maxHosts bounds how many hosts are remembered.
const maxHosts = 4096

// hostCache remembers for each host which issuer's domain it imitates, "" for
// none. It only saves work: an answer never depends on what is in it.
type hostCache struct {
	mu sync.RWMutex
	m  map[string]string
}

func (c *hostCache) get(host string) (like string, known bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	like, known = c.m[host]
	return like, known
}

func (c *hostCache) put(host, like string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.m) >= maxHosts {
		clear(c.m)
	}
	c.m[host] = like
}
