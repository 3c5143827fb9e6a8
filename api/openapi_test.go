package api

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

var write = flag.Bool("write", false, "write frontend/openapi.yaml anew")

// TestOpenAPIIsCheckedIn keeps the front end's types those of the code.
func TestOpenAPIIsCheckedIn(t *testing.T) {
	y, err := OpenAPI()
	require.NoError(t, err)
	const at = "../frontend/openapi.yaml"
	if *write {
		require.NoError(t, os.WriteFile(at, y, 0o644))
	}
	kept, err := os.ReadFile(at)
	require.NoError(t, err)
	require.Equal(t, string(kept), string(y), "run: go test ./api -run OpenAPI -write")
}
