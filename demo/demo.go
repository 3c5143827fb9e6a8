// Package demo is an invented world to look around in: five county clusters,
// their firms and what they offer and seek. Everything in it is marked 示例.
package demo

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"lianqiao/market"
	"lianqiao/store"
)

//go:embed *.tsv
var tables embed.FS

// Password opens every demo sign-in.
const Password = "lianqiao-demo"

// Load fills the store with the demo world; now is the moment that dates are
// counted from, hash makes what is kept of a password. A store that has the
// world already is left alone; a load that was cut short is completed.
func Load(ctx context.Context, s *store.Store, hash func(string) (string, error)) error {
	if _, err := s.UserByLogin(ctx, lastLogin); !market.IsKind(err, market.NotFound) {
		return err
	}
	now := time.Now()
	if err := loadClusters(ctx, s); err != nil {
		return fmt.Errorf("demo.Load: clusters: %w", err)
	}
	firms, err := loadEnterprises(ctx, s, now)
	if err != nil {
		return fmt.Errorf("demo.Load: enterprises: %w", err)
	}
	if err := loadListings(ctx, s, firms, now); err != nil {
		return fmt.Errorf("demo.Load: listings: %w", err)
	}
	if err := loadFair(ctx, s, firms, now); err != nil {
		return fmt.Errorf("demo.Load: fair: %w", err)
	}
	if err := loadUsers(ctx, s, firms, hash, now); err != nil {
		return fmt.Errorf("demo.Load: users: %w", err)
	}
	return nil
}

func loadClusters(ctx context.Context, s *store.Store) error {
	return eachRow("clusters.tsv", 4, func(f []string) error {
		return s.SaveCluster(ctx, market.Cluster{ID: f[0], Name: f[1], Region: f[2], Chains: split(f[3], ",")})
	})
}

// eachRow hands over the fields of every row below the heading.
func eachRow(file string, fields int, take func(f []string) error) error {
	in, err := tables.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Scan()
	for n := 2; lines.Scan(); n++ {
		f := strings.Split(lines.Text(), "\t")
		if len(f) != fields {
			return fmt.Errorf("%s line %d: %d fields, want %d", file, n, len(f), fields)
		}
		if err := take(f); err != nil {
			return fmt.Errorf("%s line %d: %w", file, n, err)
		}
	}
	return lines.Err()
}

// split is strings.Split without empty parts.
func split(s, by string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(by, r) })
}

// lastLogin is written last, so its presence says that the load was completed.
const lastLogin = "13800000009"

// person is one demo sign-in.
type person struct {
	login, name string
	role        market.Role
	firm        string // key in enterprises.tsv
	cluster     string
}

func people() []person {
	return []person{
		{login: "13800000001", name: "周采购", role: market.Owner, firm: "恒砺"},
		{login: "13800000002", name: "李销售", role: market.Owner, firm: "冀川"},
		{login: "13800000003", name: "王干事", role: market.Operator, cluster: "luancheng"},
		{login: lastLogin, name: "平台管理员", role: market.Admin},
	}
}

func loadUsers(ctx context.Context, s *store.Store, firms map[string]market.Enterprise, hash func(string) (string, error), now time.Time) error {
	secret, err := hash(Password)
	if err != nil {
		return err
	}
	for _, p := range people() {
		_, err := s.UserByLogin(ctx, p.login)
		if err == nil {
			continue
		}
		if !market.IsKind(err, market.NotFound) {
			return err
		}
		u := market.User{ID: market.NewID(), Login: p.login, Name: p.name, PasswordHash: secret, CreatedAt: now}
		m := market.Membership{UserID: u.ID, Role: p.role, EnterpriseID: firms[p.firm].ID, ClusterID: p.cluster}
		if err := s.AddUser(ctx, u, m); err != nil {
			return err
		}
	}
	return nil
}

var errNoFirm = errors.New("the listing names a firm that enterprises.tsv lacks")

func number(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	return strconv.Atoi(s)
}
