// Lianqiao 链桥 matches what the firms of an industrial cluster make with what
// they need. One binary: web pages, API, matcher and store.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"lianqiao/api"
	"lianqiao/store"
)

// version is set by the linker (-X main.version=…).
var version = "dev"

// cli is every command, flag and environment variable of the program.
type cli struct {
	Serve   serveCmd   `cmd:"" default:"withargs" help:"Serve the platform (this is what runs when no command is named)."`
	Import  importCmd  `cmd:"" help:"Import listings from CSV, TSV or XLSX."`
	Chain   chainCmd   `cmd:"" help:"Add a city's own words: for the same thing, of class, of what is made from what."`
	Sweep   sweepCmd   `cmd:"" help:"Run the nightly sweep now: expire, re-index, re-match. Not while a server uses the same folder."`
	Backup  backupCmd  `cmd:"" help:"Write everything kept to one file."`
	Restore restoreCmd `cmd:"" help:"Fill an empty database from a backup."`
	Forget  forgetCmd  `cmd:"" name:"forget-key" help:"The key is lost: turn every second step off, so that another key can be used. Not while a server runs."`
	Audit   auditCmd   `cmd:"" help:"Check that the audit is what was sealed."`
	Eval    evalCmd    `cmd:"" help:"Measure the quality of matching on folders of docs, queries and qrels."`
	Learn   learnCmd   `cmd:"" help:"Make weights and relations of what people answered, as files for a person to review; nothing is changed."`
	Solve   solveCmd   `cmd:"" help:"Compute the timetable of a fair from a file."`
	OpenAPI openAPICmd `cmd:"" name:"openapi" help:"Print the description of the HTTP API (OpenAPI 3.1, YAML)."`
	Health  healthCmd  `cmd:"" help:"Ask a running server whether it is ready; for container health checks."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// keptIn says where things are kept; every command that touches data has it.
type keptIn struct {
	Data string `default:"data" env:"LIANQIAO_DATA_DIR" help:"Folder for the database, the stream and the index."`
	DB   string `env:"LIANQIAO_DB" help:"PostgreSQL address (postgres://…). Empty: SQLite in the data folder."`
}

func (k keptIn) dsn() string {
	if k.DB != "" {
		return k.DB
	}
	return "sqlite://" + filepath.Join(k.Data, "lianqiao.db")
}

func (k keptIn) open(ctx context.Context) (*store.Store, error) {
	if err := os.MkdirAll(k.Data, 0o700); err != nil {
		return nil, err
	}
	return store.Open(ctx, k.dsn())
}

type serveCmd struct {
	config `embed:""`
}

// Run serves until the process is told to stop.
func (s *serveCmd) Run(ctx context.Context) error {
	a, err := start(ctx, s.config)
	if err != nil {
		return err
	}
	s.greet(os.Stdout, a.addr)
	<-ctx.Done()
	stopping, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	return a.stop(stopping)
}

// greet tells the person at the terminal where to go next.
func (s *serveCmd) greet(w io.Writer, addr string) {
	if !s.web() {
		fmt.Fprintf(w, "链桥 worker is running, health at http://%s/readyz\n", addr)
		return
	}
	fmt.Fprintf(w, "\n  链桥 Lianqiao    %s\n", s.baseURL(addr))
	if s.Demo {
		fmt.Fprint(w, `
  示例账号 demo sign-ins (密码 password: lianqiao-demo)
    采购方 buyer     13800000001
    供应方 seller    13800000002
    协会   operator  13800000003
    平台   admin     13800000009
`)
	}
	fmt.Fprintln(w)
}

type sweepCmd struct {
	keptIn  `embed:""`
	weighed `embed:""`
}

type backupCmd struct {
	keptIn `embed:""`
	File   string `arg:"" help:"Where to write; - for standard output."`
}

// Run writes the backup; a half-written file never takes the name of a good one.
func (b *backupCmd) Run(ctx context.Context) error {
	st, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if b.File == "-" {
		return st.Backup(ctx, os.Stdout)
	}
	part := b.File + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := st.Backup(ctx, f); err != nil {
		f.Close()
		_ = os.Remove(part)
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(part, b.File)
}

type restoreCmd struct {
	keptIn `embed:""`
	File   string `arg:"" help:"The backup; - for standard input."`
}

// Run fills an empty database. Index and stream are not in a backup: they are
// thrown away and rebuilt on the next start.
func (r *restoreCmd) Run(ctx context.Context) error {
	st, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	in := io.Reader(os.Stdin)
	if r.File != "-" {
		f, err := os.Open(r.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	if err := st.Restore(ctx, in); err != nil {
		return err
	}
	for _, copyOfStore := range []string{"index", "stream"} {
		if err := os.RemoveAll(filepath.Join(r.Data, copyOfStore)); err != nil {
			return err
		}
	}
	return nil
}

type auditCmd struct {
	keptIn `embed:""`
}

// Run says how many seals hold, and fails at the first that does not.
func (a *auditCmd) Run(ctx context.Context) error {
	st, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	n, err := st.CheckSeals(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%d seals hold\n", n)
	return nil
}

type openAPICmd struct{}

// Run prints the API's description.
func (openAPICmd) Run() error {
	y, err := api.OpenAPI()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(y)
	return err
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	fmt.Println("lianqiao", version)
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	parser := kong.Must(&c, kong.Name("lianqiao"), kong.UsageOnError(),
		kong.Description("链桥: supply–demand matchmaking for industrial clusters. Each flag may also be given with one dash."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	command, err := parser.Parse(twoDashes(os.Args[1:]))
	parser.FatalIfErrorf(err)
	if err := command.Run(); err != nil {
		slog.Error(command.Command(), "err", err)
		os.Exit(1)
	}
}

// twoDashes lets people write -addr as well as --addr: no flag here has a
// cluster of one-letter forms to confuse it with.
func twoDashes(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		if len(a) > 2 && a[0] == '-' && a[1] != '-' && strings.ContainsAny(a[1:2], "abcdefghijklmnopqrstuvwxyz") {
			a = "-" + a
		}
		out[i] = a
	}
	return out
}
