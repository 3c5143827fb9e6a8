package market

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAdditionCheck(t *testing.T) {
	goods := func(w string) bool { return w != "供应" }
	class := func(c string) bool { return c == "3130" }
	for want, a := range map[string]Addition{
		"":                                   {Kind: AddSame, Words: []string{"刹车片", "来令片"}},
		"words: error.words.few (2)":         {Kind: AddSame, Words: []string{"刹车片"}},
		"words: error.words.many (2, 3)":     {Kind: AddRelation, Words: []string{"甲乙", "乙丙", "丙丁"}, Weight: 1},
		"words[1]: error.words.short (2)":    {Kind: AddSame, Words: []string{"刹车片", "片"}},
		"words[1]: error.words.twice (Pcb )": {Kind: AddSame, Words: []string{"PCB", "Pcb "}},
		"words[0]: error.words.goods (供应)":   {Kind: AddSame, Words: []string{"供应", "刹车片"}},
		"class: error.class":                 {Kind: AddClass, Words: []string{"圆钢"}, Class: "9999"},
		"weight: error.words.weight":         {Kind: AddRelation, Words: []string{"钢背", "刹车片"}, Weight: 1.5},
		"kind: error.choose":                 {Kind: "x"},
		"words[0]: error.badText":            {Kind: AddClass, Words: []string{"圆\x00钢"}, Class: "3130"},
	} {
		got := ""
		if err := a.Check(goods, class); err != nil {
			got = err.Error()
		}
		require.Equal(t, want, got)
	}
}
