package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	nats "github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

// TestCompose reads docker-compose.yml as Compose itself does and starts the
// program's own parser on what each container is told. Images are not fetched.
func TestCompose(t *testing.T) {
	_, err := composed(t, types.Mapping{"LIANQIAO_DB_PASSWORD": "secret"})
	require.ErrorContains(t, err, "LIANQIAO_KEY", "the webs' key must be chosen")
	p, err := composed(t, types.Mapping{"LIANQIAO_DB_PASSWORD": "secret", "LIANQIAO_KEY": strings.Repeat("0f", 32)})
	require.NoError(t, err)

	roles := map[string]int{}
	for name, s := range p.Services {
		require.True(t, s.HealthCheck != nil || s.Image == "lianqiao", "%s says nothing of its health", name)
		for _, v := range s.Volumes {
			if v.Type == types.VolumeTypeBind {
				require.FileExists(t, v.Source, name)
			}
		}
		for on, condition := range s.DependsOn {
			require.Equal(t, types.ServiceConditionHealthy, condition.Condition, "%s on %s", name, on)
		}
		if s.Image == "lianqiao" {
			t.Run(name, func(t *testing.T) {
				c := told(t, s)
				roles[c.Role]++
				require.Equal(t, c.Role == "web", c.Key != "", "webs have the key, workers do not")
				for _, address := range strings.Split(c.NATS, ",") {
					require.Contains(t, p.Services, host(address))
				}
				require.Contains(t, p.Services, host(c.DB))
				require.Equal(t, []string{p.Networks["lianqiao"].Ipam.Config[0].Subnet}, c.Proxies, "the proxy's own network is believed")
				require.True(t, slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Target == c.Data }), "the index outlives the container")
			})
		}
	}
	require.Equal(t, map[string]int{"web": 2, "worker": 2}, roles)
}

func composed(t *testing.T, env types.Mapping) (*types.Project, error) {
	at, err := filepath.Abs("docker-compose.yml")
	require.NoError(t, err)
	return loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: filepath.Dir(at), ConfigFiles: []types.ConfigFile{{Filename: at}}, Environment: env,
	})
}

// told is the configuration of a container of ours: its environment and its image's.
func told(t *testing.T, s types.ServiceConfig) config {
	known := []string{"TZ"}
	var c cli
	parser, err := kong.New(&c)
	require.NoError(t, err)
	for _, f := range parser.Model.Leaves(false)[0].AllFlags(false) {
		for _, one := range f {
			known = append(known, one.Envs...)
		}
	}
	set := imageEnv(t)
	for name, value := range s.Environment {
		if value != nil {
			set[name] = *value
		}
	}
	for name, value := range set {
		require.Contains(t, known, name, "no flag reads it")
		t.Setenv(name, value)
	}
	_, err = parser.Parse(nil)
	require.NoError(t, err)
	return c.Serve.config
}

// imageEnv is the environment that the Dockerfile's last stage sets.
func imageEnv(t *testing.T) map[string]string {
	out := map[string]string{}
	for _, line := range dockerfile(t) {
		if rest, ok := strings.CutPrefix(line, "ENV "); ok {
			for _, pair := range strings.Fields(rest) {
				name, value, _ := strings.Cut(pair, "=")
				out[name] = value
			}
		}
	}
	require.NotEmpty(t, out)
	return out
}

func host(address string) string {
	address = address[strings.Index(address, "://")+3:]
	address = address[strings.Index(address, "@")+1:]
	name, _, _ := strings.Cut(address, ":")
	return name
}

// TestDockerfile: what it copies is there, it builds with a Go that go.mod
// takes, and nobody is root at the end. The commands themselves run nowhere here.
func TestDockerfile(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	var release string
	for _, line := range strings.Split(string(mod), "\n") {
		if v, ok := strings.CutPrefix(line, "go "); ok {
			release = strings.Join(strings.Split(v, ".")[:2], ".")
		}
	}
	lines := dockerfile(t)
	require.Contains(t, lines, fmt.Sprintf("FROM golang:%s-alpine AS binary", release))
	user := ""
	for _, line := range lines {
		words := strings.Fields(line)
		switch {
		case words[0] == "USER":
			user = words[1]
		case words[0] == "COPY" && !strings.Contains(line, "--from="):
			for _, source := range words[1 : len(words)-1] {
				_, err := os.Stat(source)
				require.NoError(t, err)
			}
		}
	}
	require.NotContains(t, []string{"", "0", "root"}, user)
}

func dockerfile(t *testing.T) (lines []string) {
	f, err := os.Open("Dockerfile")
	require.NoError(t, err)
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if line := strings.TrimSpace(s.Text()); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestNodeConfig reads the NATS nodes' file as the server does.
func TestNodeConfig(t *testing.T) {
	t.Setenv("NODE", "nats1")
	o, err := nats.ProcessConfigFile("deploy/nats.conf")
	require.NoError(t, err)
	require.True(t, o.JetStream && o.SyncAlways, "what was acknowledged is on disk")
	require.Equal(t, "nats1", o.ServerName)
	require.Len(t, o.Routes, 3)
}
