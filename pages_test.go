package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pageMost is what a public page may weigh on a slow phone, with all it links to.
const pageMost = 12 << 10

var linkedIn = regexp.MustCompile(`(?:<link rel="(?:stylesheet|icon)" href|<script[^>]* src)="([^"]+)"`)

// TestPublicPagesAreLight weighs the public pages of the demo world as they go
// over the wire to a phone, pictures of listings apart.
func TestPublicPagesAreLight(t *testing.T) {
	a, err := start(t.Context(), config{keptIn: keptIn{Data: t.TempDir()}, Addr: "127.0.0.1:0", Role: "all", Copies: 1, Log: "warn", Demo: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, a.stop(context.Background())) }()
	requireIdle(t, a)
	base := "http://" + a.addr
	home := fetch(t, base+"/", "")
	listing := regexp.MustCompile(`/listings/[0-9a-f-]{36}`).FindString(home)
	firm := regexp.MustCompile(`/enterprises/[0-9a-f-]{36}`).FindString(home)
	require.NotEmpty(t, listing+firm)
	for _, at := range []string{"/", "/?q=" + url.QueryEscape("钢"), "/?side=need&sort=price", listing, firm, "/enterprises", "/fairs"} {
		sum := len(fetch(t, base+at, "br"))
		links := linkedIn.FindAllStringSubmatch(fetch(t, base+at, ""), -1)
		require.GreaterOrEqual(t, len(links), 2, "a style sheet and an icon")
		for _, l := range links {
			sum += len(fetch(t, base+strings.ReplaceAll(l[1], "&amp;", "&"), "br"))
		}
		t.Logf("%5d bytes %s", sum, at)
		require.LessOrEqual(t, sum, pageMost, at)
	}
}

func fetch(t *testing.T, at, packed string) string {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
	require.NoError(t, err)
	r.Header.Set("Accept-Encoding", packed)
	a, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer a.Body.Close()
	require.Equal(t, 200, a.StatusCode, at)
	require.Equal(t, packed, a.Header.Get("Content-Encoding"), at)
	body, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	return string(body)
}
