package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// jsonFault is what is wrong with a body before its meaning is looked at: a
// catalogue key, and the field where there is one.
type jsonFault struct{ key, field string }

func (f jsonFault) Error() string { return f.key + " " + f.field }

// jsonDeepest is how many braces and brackets a body may open in one another.
const jsonDeepest = 16

// jsonFormat reads JSON more strictly than encoding/json does: that keeps the
// last of two members of one name, whatever their case, and replaces broken
// text in silence, so that what was checked elsewhere need not be what is kept.
func jsonFormat() huma.Format {
	f := huma.DefaultJSONFormat
	f.Unmarshal = func(data []byte, v any) error {
		// huma reads each body twice: into an any to validate it, then into its type.
		if _, first := v.(*any); first {
			if err := checkJSON(data); err != nil {
				return err
			}
		}
		err := json.Unmarshal(data, v)
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return jsonFault{"error.type", wrong.Field}
		}
		return err
	}
	return f
}

func checkJSON(data []byte) error {
	w := jsonWalk{Decoder: json.NewDecoder(bytes.NewReader(data)), broken: !utf8.Valid(data)}
	w.UseNumber()
	err := w.value("", 0)
	if _, end := w.Token(); err == nil && !errors.Is(end, io.EOF) {
		err = jsonFault{key: "error.json"}
	}
	var known jsonFault
	switch {
	case err != nil && !errors.As(err, &known):
		return jsonFault{key: "error.json"}
	case err == nil && w.broken:
		return jsonFault{key: "error.badText"}
	}
	return err
}

// jsonWalk goes through one body.
type jsonWalk struct {
	*json.Decoder
	broken bool // somewhere is text that is not UTF-8
}

func (w jsonWalk) value(at string, depth int) error {
	if depth > jsonDeepest {
		return jsonFault{key: "error.json.deep"}
	}
	token, err := w.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case string:
		// PostgreSQL takes no NUL. Broken text has become the mark for it.
		if strings.ContainsRune(t, 0) || w.broken && strings.ContainsRune(t, utf8.RuneError) {
			return jsonFault{"error.badText", at}
		}
	case json.Number:
		if _, err := t.Float64(); err != nil {
			return jsonFault{"error.number", at}
		}
	case json.Delim:
		if t == '{' {
			return w.object(at, depth)
		}
		for i := 0; w.More(); i++ {
			if err := w.value(fmt.Sprintf("%s[%d]", at, i), depth+1); err != nil {
				return err
			}
		}
		_, err = w.Token() // the closing bracket
	}
	return err
}

func (w jsonWalk) object(at string, depth int) error {
	seen := map[string]bool{}
	for w.More() {
		token, err := w.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		field := strings.TrimPrefix(at+"."+name, ".")
		low := strings.ToLower(name)
		if seen[low] {
			return jsonFault{"error.json.twice", field}
		}
		seen[low] = true
		if err := w.value(field, depth+1); err != nil {
			return err
		}
	}
	_, err := w.Token() // the closing brace
	return err
}
